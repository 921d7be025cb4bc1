import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock, deferred } from '@lethe/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DatabaseTokenError, DatabaseUnavailableError } from '../../src/database.errors.js';
import { Database } from '../../src/database.js';
import { migrate } from '../../src/migrate.js';
import { TOKEN_LIFE_MS } from '../../src/sign-in/iam-tokens.js';
import { certificateFor } from './certificate.js';
import { IamFixture, WHO } from './iam.fixture.js';

interface Who {
  readonly who: string;
  readonly pid: number;
}

class Owned1700000000001 implements MigrationInterface {
  readonly name = 'Owned1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE owned (id int)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE owned');
  }
}

describe('signing in by tokens of IAM', () => {
  let fixture: IamFixture;
  let clock: FakeClock;
  beforeAll(async () => {
    fixture = await IamFixture.create();
  });
  beforeEach(() => {
    clock = new FakeClock();
    fixture.fault = undefined;
    fixture.signed.length = 0;
  });
  afterAll(() => fixture.close());

  it('S55: makes one token for all connections of a pool, over TLS', async () => {
    const database = await fixture.open(fixture.options(clock, await fixture.door()));

    const rows = await Promise.all(Array.from({ length: 5 }, () => database.query<Who>(WHO)));

    expect(new Set(rows.flat().map(({ who }) => who))).toEqual(new Set([fixture.user]));
    expect(new Set(rows.flat().map(({ pid }) => pid)).size).toBeGreaterThan(1);
    expect(fixture.signed).toHaveLength(1);
  });

  it('reconnects with a fresh token where the old one has expired, and does not try the old one', async () => {
    const door = await fixture.door();
    const database = await fixture.open(fixture.options(clock, door));
    await database.query(WHO);

    clock.advance(TOKEN_LIFE_MS);
    await fixture.expire();
    await fixture.disconnect();

    // A connection that dies while idle is noticed by the pool, or by the transaction that meets it.
    expect(await database.transaction((tx) => tx.query<Who>(WHO))).toMatchObject([{ who: fixture.user }]);
    expect(fixture.signed).toHaveLength(2);
    expect(door.connections).toBe(2);
  });

  it('shows a fresh token, once, where the server does not take a young one any more', async () => {
    const door = await fixture.door();
    const database = await fixture.open(fixture.options(clock, door));

    await fixture.expire();
    const held = deferred();
    const begun = deferred();
    const first = database.transaction(async (tx) => {
      await tx.query(WHO);
      begun.resolve();
      await held.promise;
    });
    await begun.promise;

    // The only connection is on loan: the query needs another one.
    expect(await database.query<Who>(WHO)).toMatchObject([{ who: fixture.user }]);
    expect([fixture.signed.length, door.connections]).toEqual([2, 3]);
    held.resolve();
    await first;
  });

  it('R38: listens again with a fresh token after its connection was lost', async () => {
    const database = new Database(fixture.options(clock, await fixture.door()));
    const listening = deferred();
    const lost = database.withConnection(async (client) => {
      await client.query('LISTEN iam_test');
      listening.resolve();
      await new Promise(() => undefined);
    });
    await listening.promise;

    clock.advance(TOKEN_LIFE_MS);
    await fixture.expire();
    await fixture.disconnect();
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailableError);

    await database.withConnection(async (client) => {
      const heard = deferred<string>();
      client.on('notification', ({ channel }) => heard.resolve(channel));
      await client.query('LISTEN iam_test');
      await fixture.notify('iam_test');
      expect(await heard.promise).toBe('iam_test');
    });
    expect(fixture.signed).toHaveLength(2);
  });

  it('migrates by tokens too, with one for both of its connections', async () => {
    const options = { ...fixture.options(clock, await fixture.door()), migrations: [Owned1700000000001] };

    expect(await migrate(options)).toEqual(['Owned1700000000001']);
    expect(fixture.signed).toHaveLength(1);
  });

  it('S55: sends no token to a server without TLS, of another authority, or of another name', async () => {
    const stranger = await fixture.door(certificateFor('localhost'));
    const renamed = await fixture.door();
    const ways = [
      fixture.options(clock),
      fixture.options(clock, stranger),
      fixture.options(clock, renamed, '127.0.0.1'),
    ];

    const refused = await Promise.all(
      ways.map((options) =>
        new Database(options).open().then(
          () => 'open',
          (error: unknown) => String(error instanceof DatabaseUnavailableError ? error.cause : error),
        ),
      ),
    );

    expect(refused).toEqual([
      expect.stringContaining('does not support SSL'),
      expect.stringContaining('self-signed certificate'),
      expect.stringContaining("does not match certificate's altnames"),
    ]);
    expect(fixture.signed).toEqual([]);
  });

  it('S56: says whom it has no token for, and shows none', async () => {
    const database = await fixture.open(fixture.options(clock, await fixture.door()));
    clock.advance(TOKEN_LIFE_MS);
    fixture.fault = new Error('no credentials');
    await fixture.disconnect();

    const failure = await database.transaction((tx) => tx.query(WHO), { attempts: 1 }).catch((error: unknown) => error);
    const again = await database.query(WHO).catch((error: unknown) => error);

    expect([failure, again]).toContainEqual(
      expect.objectContaining({
        name: 'DatabaseUnavailableError',
        reason: 'connect',
        cause: expect.any(DatabaseTokenError),
      }),
    );
    expect(again).toMatchObject({
      cause: { host: 'localhost', user: fixture.user, cause: { message: 'no credentials' } },
    });
    for (const token of fixture.signed) expect(JSON.stringify([again, String(again)])).not.toContain(token);
  });
});
