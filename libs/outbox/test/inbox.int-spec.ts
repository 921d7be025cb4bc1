import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Tx, statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { deferred, eventually } from '@lethe/testing';
import { FakePublisher, Happened, OutboxFixture, type Replica } from './fixture.js';

const COUNT = statement('spec.count', 'UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n');
const NUMBER = statement('spec.number', 'SELECT n FROM thing WHERE id = $1');
const INBOX = statement('spec.inbox', 'SELECT message_id AS id FROM inbox ORDER BY received_at');

describe('Inbox', () => {
  let fixture: OutboxFixture;
  let publisher: FakePublisher;
  let replica: Replica;
  beforeAll(async () => {
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    publisher = new FakePublisher();
    replica = await fixture.replica(publisher, { pollMs: 3_600_000, listen: false });
    await fixture.operator.dataSource.query(`INSERT INTO thing VALUES ('a', 0)`);
  });
  afterEach(() => fixture.clear());

  const effect = async (tx: Tx): Promise<number | undefined> => (await tx.query<{ n: number }>(COUNT, ['a']))[0]?.n;
  const effects = async (): Promise<number | undefined> =>
    (await fixture.operator.query<{ n: number }>(NUMBER, ['a']))[0]?.n;

  it('R13: delivered 1, 2 and 5 times, interleaved, each message has its effect once', async () => {
    const [once, twice, often] = [{ id: uuidv7() }, { id: uuidv7() }, { id: uuidv7() }];
    const deliveries = [often, once, twice, often, often, twice, often, often];

    const results = await Promise.all(deliveries.map((message) => replica.inbox.once(message, effect)));

    expect(await effects()).toBe(3);
    expect(results.filter((result) => result !== undefined)).toHaveLength(3);
    expect(new Set(results)).toEqual(new Set([1, 2, 3, undefined]));
  });

  it('R14: remembers the message exactly if the effect is committed', async () => {
    const message = { id: uuidv7() };

    const failing = replica.inbox.once(message, async (tx) => {
      await effect(tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([await effects(), await fixture.operator.query(INBOX)]).toEqual([0, []]);

    expect(await replica.inbox.once(message, effect)).toBe(1);
    expect(await fixture.operator.query(INBOX)).toEqual([message]);
  });

  it('lets a second delivery wait for the first, and then do nothing', async () => {
    const [gate, began] = [deferred(), deferred()];
    const message = { id: uuidv7() };
    const first = replica.inbox.once(message, async (tx) => {
      began.resolve();
      await gate.promise;
      return effect(tx);
    });
    await began.promise;
    const second = replica.inbox.once(message, effect);
    await waiting();

    gate.resolve();

    expect(await Promise.all([first, second])).toEqual([1, undefined]);
    expect(await effects()).toBe(1);
  });

  it('lets a second delivery do the work where the first fails', async () => {
    const [gate, began] = [deferred(), deferred()];
    const message = { id: uuidv7() };
    const first = replica.inbox.once(message, async () => {
      began.resolve();
      await gate.promise;
      throw new Error('no');
    });
    const failed = first.catch((error: unknown) => error);
    await began.promise;
    const second = replica.inbox.once(message, effect);
    await waiting();

    gate.resolve();

    expect(await failed).toMatchObject({ message: 'no' });
    expect(await second).toBe(1);
  });

  it('wakes the relay after the commit, for rows that only the statement of the work knows of', async () => {
    const WRITE = statement(
      'spec.write',
      'INSERT INTO outbox (id, key, type, body, traceparent) VALUES ($1, $2, $3, $4, $5)',
    );
    replica.relay.start();

    await replica.inbox.once({ id: uuidv7() }, (tx) =>
      tx.query(WRITE, replica.outbox.row(Happened, { n: 1 }, { key: 'a' })),
    );

    await eventually(() => expect(publisher.accepted).toHaveLength(1));
  });

  it('OBX-2: forgets, in bounded batches, only messages past their retention', async () => {
    await fixture.operator.dataSource.query(
      `INSERT INTO inbox SELECT gen_random_uuid(), now() - interval '20 days' FROM generate_series(1, 2500)`,
    );
    const recent = { id: uuidv7() };
    await replica.inbox.once(recent, effect);

    const batches = await watchDeletes();
    const swept = await Promise.all([replica.relay.sweepInbox(), replica.relay.sweepInbox()]);

    expect(swept.reduce((sum, count) => sum + count)).toBe(2_500);
    expect(await fixture.operator.query(INBOX)).toEqual([recent]);
    expect(Math.max(...(await batches()))).toBe(1_000);
  });

  /** Counts the rows of each DELETE from now on. */
  async function watchDeletes(): Promise<() => Promise<number[]>> {
    await fixture.operator.dataSource.query(`
      CREATE TABLE IF NOT EXISTS deletes (rows int);
      TRUNCATE deletes;
      CREATE OR REPLACE FUNCTION note_delete() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO deletes SELECT count(*) FROM gone; RETURN NULL; END $$;
      CREATE OR REPLACE TRIGGER note_delete AFTER DELETE ON inbox REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION note_delete()`);
    const DELETES = statement('spec.deletes', 'SELECT rows FROM deletes');
    return async () => (await fixture.operator.query<{ rows: number }>(DELETES)).map(({ rows }) => rows);
  }

  /** Somebody waits for another transaction's outcome. */
  async function waiting(): Promise<void> {
    const WAITING = statement(
      'spec.waiting',
      `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid' AND datname = current_database()`,
    );
    await eventually(async () => expect(await fixture.operator.query(WAITING)).not.toEqual([]));
  }
});
