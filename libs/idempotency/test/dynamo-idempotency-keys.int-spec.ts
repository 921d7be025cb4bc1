import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProblemError } from '@lethe/kernel';
import { deferred, recorder } from '@lethe/testing';
import { ConflictException } from '@nestjs/common';
import { DynamoIdempotencyKeys, type IdempotencyClaim } from '../src/dynamodb/index.js';
import { IdempotencyOptionsError, ResponseTooLargeError } from '../src/idempotency.errors.js';
import { DynamoFixture } from './dynamo.fixture.js';
import { request } from './fixture.js';

const RESPONSE = { status: 201, headers: { location: '/things/1' }, body: { id: '1' } };
const work = () => Promise.resolve(RESPONSE);

describe('DynamoIdempotencyKeys', () => {
  let fixture: DynamoFixture;
  beforeAll(async () => {
    fixture = await DynamoFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());

  it('I3 I4: costs two calls for a request and no more for a replay', async () => {
    const calls = () =>
      Object.values(fixture.clients.calls.snapshot()).reduce((sum, { operations }) => sum + operations, 0);
    const before = calls();
    await fixture.keys().run(request(), work);
    const between = calls();
    await fixture.keys().run(request(), work);

    expect(between - before).toBe(2);
    // On AWS one: the refusal of the claim brings the item along.
    expect(calls() - between).toBeLessThanOrEqual(2);
  });

  it('I5 I6: refuses while it is at work, another request with 422 and the same with 409', async () => {
    const [began, gate] = [deferred(), deferred()];
    const first = fixture.keys().run(request(), async () => {
      began.resolve();
      await gate.promise;
      return RESPONSE;
    });
    await began.promise;

    await expect(fixture.keys().run(request({ fingerprint: 'other' }), work)).rejects.toMatchObject({ status: 422 });
    await expect(fixture.keys().run(request(), work)).rejects.toMatchObject({ status: 409 });

    gate.resolve();
    expect(await first).toEqual({ response: RESPONSE, replayed: false });
  });

  it.each([
    ['a problem', new ProblemError(404, 'not-found')],
    ['an exception of Nest', new ConflictException()],
    ['an error of Fastify', Object.assign(new Error('too large'), { statusCode: 413 })],
  ])('I7: frees the key where the work refuses by %s, and passes it on', async (_, refusal) => {
    await expect(fixture.keys().run(request(), () => Promise.reject(refusal))).rejects.toBe(refusal);

    expect(await fixture.keys().run(request(), work)).toMatchObject({ replayed: false });
  });

  it('I8: runs failed work again where the application says that nothing was left of it', async () => {
    const keys = fixture.keys({ hadNoEffect: () => true });
    await expect(keys.run(request(), () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');

    expect(await keys.run(request(), work)).toMatchObject({ replayed: false });
  });

  it('I8: keeps the failure of work whose answer cannot be kept, so that it is seen at once', async () => {
    const large = () => Promise.resolve({ status: 200, body: 'x'.repeat(400_001) });
    const refused: unknown = await fixture
      .keys()
      .run(request(), large)
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ status: 500, slug: 'idempotent-request-failed' });
    expect(refused instanceof Error && refused.cause).toBeInstanceOf(ResponseTooLargeError);
    await expect(fixture.keys().run(request(), work)).rejects.toMatchObject({ status: 500 });
  });

  it('I9: holds a claim for twice the time of a request, to the millisecond, and tells the work when to stop', async () => {
    const [claim, gate] = [deferred<AbortSignal>(), deferred()];
    const paused = fixture.keys({ requestTimeoutMs: 50 }).run(request(), async ({ signal }) => {
      claim.resolve(signal);
      await gate.promise;
      return { status: 200, body: 'late' };
    });
    const signal = await claim.promise;
    fixture.clock.advance(99);
    await expect(fixture.keys().run(request(), work)).rejects.toMatchObject({ status: 409 });

    fixture.clock.advance(1);
    expect(await fixture.keys().run(request(), work)).toMatchObject({ replayed: false });

    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    gate.resolve();
    expect(await paused).toEqual({ response: RESPONSE, replayed: true });
  });

  it('I9: gives a second run the id of the first, and a token of its own', async () => {
    const claims: IdempotencyClaim[] = [];
    const note = (claim: IdempotencyClaim) => {
      claims.push(claim);
      return work();
    };
    const dynamodb = without(UpdateItemCommand, fixture);
    await fixture.keys({ clients: { dynamodb }, onError: () => undefined }).run(request(), note);
    fixture.clock.advance(60_000);

    await fixture.keys().run(request(), note);
    await fixture.keys().run(request({ key: 'another' }), note);

    const [first, second, another] = claims;
    expect(second?.requestId).toBe(first?.requestId);
    expect(second?.token).not.toBe(first?.token);
    expect(another?.requestId).not.toBe(first?.requestId);
  });

  it('I11: keeps keys for no less than 24 hours, and leaves it to no sweeper', async () => {
    expect(() => fixture.keys({ retentionSeconds: 86_399 })).toThrow(IdempotencyOptionsError);
    await fixture.keys({ retentionSeconds: 172_800 }).run(request(), work);

    const [item] = await fixture.items();

    expect(Number(item?.['until']?.N)).toBe(fixture.clock.now() + 172_800_000);
    expect(Number(item?.['expiresAt']?.N)).toBe(Math.ceil(fixture.clock.now() / 1_000) + 172_800 + 600);
  });

  it('I12: writes neither key nor user into the table', async () => {
    await fixture.keys().run(request({ key: 'secret-key' }), work);

    const text = JSON.stringify(await fixture.items());

    expect(text).not.toContain('secret-key');
    expect(text).not.toContain('alice');
  });

  it('I14: runs nothing where the table cannot be reached, within the time of a call', async () => {
    const dynamodb = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', maxAttempts: 1 });
    const ran = recorder<[]>();
    const keys = new DynamoIdempotencyKeys({ clients: { dynamodb }, table: 'x', callTimeoutMs: 500 });

    const refused = keys.run(request(), () => {
      ran();
      return work();
    });

    await expect(refused).rejects.toMatchObject({ status: 503, slug: 'idempotency-store-unavailable' });
    expect(ran.calls).toEqual([]);
    dynamodb.destroy();
  });

  it('I14: gives the answer of work that is done where the table went away meanwhile, and says so', async () => {
    const onError = recorder<[unknown]>();
    const dynamodb = without(UpdateItemCommand, fixture);

    const outcome = await fixture.keys({ clients: { dynamodb }, onError }).run(request(), work);

    expect(outcome).toEqual({ response: RESPONSE, replayed: false });
    expect(onError.calls).toHaveLength(1);
    // Until the claim has ended, whoever did not get it is told to wait.
    await expect(fixture.keys().run(request(), work)).rejects.toMatchObject({ status: 409 });
  });

  it('I3 I10: recognises its own claim and its own answer where the SDK sent them twice', async () => {
    const dynamodb = twice(fixture);

    expect(await fixture.keys({ clients: { dynamodb } }).run(request(), work)).toEqual({
      response: RESPONSE,
      replayed: false,
    });
    expect(await fixture.keys().run(request(), work)).toMatchObject({ replayed: true });
  });
});

/** A client on which one kind of call never arrives. */
function without(command: typeof UpdateItemCommand, { clients }: DynamoFixture): DynamoDBClient {
  const dynamodb = clientHere(clients.dynamodb);
  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        commandName === command.name ? Promise.reject(new Error('connection refused')) : next(args),
    { step: 'initialize' },
  );
  return dynamodb;
}

/** A client of which the answer to the first sending of each write is lost. */
function twice({ clients }: DynamoFixture): DynamoDBClient {
  const dynamodb = clientHere(clients.dynamodb);
  const writes: readonly (string | undefined)[] = [PutItemCommand.name, UpdateItemCommand.name];
  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (writes.includes(commandName)) await next(args);
        return next(args);
      },
    { step: 'initialize' },
  );
  return dynamodb;
}

function clientHere({ config }: DynamoDBClient): DynamoDBClient {
  return new DynamoDBClient({ region: config.region, credentials: config.credentials });
}
