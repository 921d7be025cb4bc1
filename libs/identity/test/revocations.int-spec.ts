import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsClients } from '@lethe/aws';
import { uuidv7 } from '@lethe/kernel';
import { FakeClock } from '@lethe/testing';
import { RevocationsUnavailableError } from '../src/identity.errors.js';
import { type Principal } from '../src/access/principal.js';
import { Revocations } from '../src/access/revocations.js';
import { provisionTable } from '@lethe/aws/provision';

const table = `revocations-${randomUUID()}`;
const NOW = Date.parse('2026-03-01T12:00:00.500Z');

describe('Revocations', () => {
  const clients = new AwsClients({ region: 'eu-west-1' });
  const clock = new FakeClock(NOW);
  const revocations = new Revocations({ clients, table, clock });
  let principal: Principal;
  beforeAll(() => provisionTable({ name: table, partitionKey: 'id' }, clients.dynamodb));
  afterAll(() => clients.close());
  beforeEach(() => {
    principal = signedIn();
  });

  function signedIn(changes: Partial<Principal> = {}): Principal {
    const issuedAt = Math.floor(NOW / 1_000) - 60;
    const who = { id: randomUUID(), issuer: 'i', roles: [], tokenId: randomUUID(), sessionId: randomUUID() };
    return { ...who, issuedAt, expiresAt: issuedAt + 900, ...changes };
  }

  it('S20: ends one token, and no other of the sign-in', async () => {
    expect(await revocations.isRevoked(principal)).toBe(false);

    await revocations.revokeToken(principal.tokenId);

    expect(await revocations.isRevoked(principal)).toBe(true);
    expect(await revocations.isRevoked({ ...principal, tokenId: randomUUID() })).toBe(false);
  });

  it('S20: ends one sign-in with all its tokens, and no other of the user', async () => {
    await revocations.revokeSession(principal.sessionId ?? '');

    expect(await revocations.isRevoked({ ...principal, tokenId: randomUUID() })).toBe(true);
    expect(await revocations.isRevoked(signedIn({ id: principal.id }))).toBe(false);
    const { sessionId: _, ...nameless } = principal;
    expect(await revocations.isRevoked(nameless)).toBe(false);
  });

  it('S20 S21: ends all of a user that was issued until then, and nothing that comes after', async () => {
    await revocations.revokeSubject(principal.id);

    const issued = (at: number, tokenId: string = randomUUID()) =>
      revocations.isRevoked(signedIn({ id: principal.id, tokenId, issuedAt: Math.floor(at / 1_000) }));
    expect(await issued(NOW - 60_000)).toBe(true);
    // Of the very second: denied, unless the id of the token tells the millisecond.
    expect(await issued(NOW)).toBe(true);
    expect(await issued(NOW, uuidv7(NOW))).toBe(true);
    expect(await issued(NOW + 1, uuidv7(NOW + 1))).toBe(false);
    // An id that does not fit the time of the token is none to go by.
    expect(await issued(NOW - 60_000, uuidv7(NOW + 1))).toBe(true);
    expect(await issued(NOW + 1_000)).toBe(false);
  });

  it('R36: never takes back what a clock that is ahead has ended', async () => {
    await revocations.revokeSubject(principal.id, NOW + 5_000);
    await revocations.revokeSubject(principal.id, NOW - 5_000);

    const { Item } = await clients.dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: `sub#${principal.id}` } } }),
    );
    expect(Item?.['validAfter']?.N).toBe(String(NOW + 5_000));
  });

  it('keeps a revocation for longer than a token lives, and no longer than is of use', async () => {
    await revocations.revokeToken(principal.tokenId);

    const { Item } = await clients.dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: `jti#${principal.tokenId}` } } }),
    );
    expect(Number(Item?.['expiresAt']?.N)).toBe(Math.ceil(NOW / 1_000) + 1_500);
  });

  it('S20: tells of many tokens at once, each of its own, by few calls', async () => {
    const counted = new AwsClients({ region: 'eu-west-1', transport: 'sdk' });
    const calls: string[] = [];
    counted.dynamodb.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          calls.push(commandName ?? '');
          return next(args);
        },
      { step: 'initialize' },
    );
    const people = Array.from({ length: 60 }, (_, n) => ({ ...principal, id: `many-${n}`, tokenId: `many-${n}` }));
    await Promise.all(people.filter((_, n) => n % 3 === 0).map(({ tokenId }) => revocations.revokeToken(tokenId)));

    const checked = new Revocations({ clients: counted, table, clock });
    const revoked = await Promise.all(people.map((person) => checked.isRevoked(person)));
    counted.close();

    expect(revoked).toEqual(people.map((_, n) => n % 3 === 0));
    // 60 tokens, 60 users and one sign-in, in hundreds.
    expect(calls).toEqual(['BatchGetItemCommand', 'BatchGetItemCommand']);
  });

  it('S34: cannot tell, with 503, where the table is away or does not read everything', async () => {
    const away = new Revocations({ clients, table: 'no-such-table', clock });
    const throttled = new AwsClients({ region: 'eu-west-1', transport: 'sdk' });
    const output = { Responses: { [table]: [] }, UnprocessedKeys: { [table]: { Keys: [] } }, $metadata: {} };
    throttled.dynamodb.middlewareStack.add(() => () => Promise.resolve({ response: {}, output }));

    await expect(away.isRevoked(principal)).rejects.toBeInstanceOf(RevocationsUnavailableError);
    await expect(away.revokeToken('t')).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    await expect(new Revocations({ clients: throttled, table, clock }).isRevoked(principal)).rejects.toBeInstanceOf(
      RevocationsUnavailableError,
    );
    throttled.close();
  });
});
