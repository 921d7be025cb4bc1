import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statement } from '@lethe/database';
import { deferred, eventually } from '@lethe/testing';
import { defineEvent, defineService } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { CLAIM, WALK_INDEXES } from '../src/outbox.sql.js';
import { Relay } from '../src/relay/relay.js';
import { DoThing, FakePublisher, Happened, OutboxFixture, type Replica, write } from './fixture.js';

const HOUR = 3_600_000;
/** Nothing but a wake makes this relay work soon. */
const ASLEEP = { pollMs: HOUR };
const ATTEMPTS = statement('spec.attempts', 'SELECT id, attempts, last_error, parked_at FROM outbox ORDER BY seq');

describe('Relay', () => {
  let fixture: OutboxFixture;
  let publisher: FakePublisher;
  let replica: Replica;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    publisher = new FakePublisher();
    replica = await fixture.replica(publisher, { ...ASLEEP, parkAfter: 3, publishTimeoutMs: 100 });
  });
  afterEach(() => fixture.clear());

  /** Accepts all but these, which the broker is said to blame. */
  const refuse = (ids: readonly (string | undefined)[], senderFault: boolean) => {
    publisher.behave = (entries) => {
      publisher.accept(entries.filter(({ id }) => !ids.includes(id)));
      return Promise.resolve(
        entries.map(({ id }) =>
          ids.includes(id) ? { id, error: Object.assign(new Error('refused'), { senderFault }) } : { id },
        ),
      );
    };
  };

  it('sends the first message of each key, and the next once that has left', async () => {
    const [a1, a2] = await write(replica, 'a', 2);
    const [b1] = await write(replica, 'b', 1);

    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 2, failed: 0 });
    expect(publisher.ids).toEqual([a1, b1]);
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 1 });
    expect(publisher.ids).toEqual([a1, b1, a2]);
    expect(publisher.accepted[0]).toMatchObject({ definition: Happened });
    expect(await fixture.unsent()).toEqual([]);
  });

  it('gives every key its turn, however long the line of others', async () => {
    const small = await fixture.replica(publisher, { batchSize: 2 });
    for (const key of ['a', 'b', 'c']) await write(small, key, 2);

    for (let batch = 0; batch < 3; batch += 1) await small.relay.sendBatch();

    const keys = publisher.accepted.map(({ body }) => (JSON.parse(body) as { subject: string }).subject);
    expect(keys).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(new Set(publisher.ids).size).toBe(6);
  });

  it('walks the index from key to key, with a plan made when the outbox was empty', async () => {
    await fixture.operator.dataSource.query('VACUUM ANALYZE outbox');
    const plan = await fixture.operator.transaction(async (tx) => {
      await tx.manager.query('SET LOCAL plan_cache_mode = force_generic_plan');
      await tx.query(WALK_INDEXES);
      await tx.query(CLAIM, [['shop.happened.v1'], 100, '']);
      await tx.manager.query(`INSERT INTO outbox (id, key, type, body)
        SELECT gen_random_uuid(), 'k' || i % 500, 'shop.happened.v1', '{}' FROM generate_series(1, 5000) i`);
      const rows: { 'QUERY PLAN': string }[] = await tx.manager.query(
        `EXPLAIN (ANALYZE, TIMING off) EXECUTE "outbox.claim"(ARRAY['shop.happened.v1'], 100, '')`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });

    expect(plan).toContain('Index Only Scan using outbox_head');
    expect(plan).not.toMatch(/Seq Scan|Sort|Bitmap/);
    expect(plan).toMatch(/rows=100(\.00)? loops=1/);
  });

  it('begins at once when a transaction with messages commits, without waiting for its poll', async () => {
    replica.relay.start();
    await publisherIdle();

    const [id] = await write(replica, 'a');

    await eventually(() => expect(publisher.ids).toEqual([id]));
  });

  it('hears other processes whose own relay does not begin', async () => {
    replica.relay.start();
    await listening();
    const writer = await fixture.replica(publisher);

    const [id] = await write(writer, 'a');

    await eventually(() => expect(publisher.ids).toEqual([id]));
  });

  it('hears them again after the connection it hears them by has died', async () => {
    replica.relay.start();
    await fixture.kill(await listening());
    await listening();
    const writer = await fixture.replica(publisher);

    const [id] = await write(writer, 'a');

    await eventually(() => expect(publisher.ids).toEqual([id]));
  });

  it('polls where every wake is lost', async () => {
    const polling = await fixture.replica(publisher, { pollMs: 20, listen: false });
    polling.relay.start();
    await fixture.operator.transaction((tx) => replica.outbox.addAll(tx, []));
    const row = replica.outbox.row(Happened, { n: 1 }, { key: 'a' });

    await fixture.operator.query(
      statement('spec.row', 'INSERT INTO outbox (id, key, type, body, traceparent) VALUES ($1, $2, $3, $4, $5)'),
      row,
    );

    await eventually(() => expect(publisher.ids).toEqual([row[0]]));
  });

  it('finishes the batch in flight when it is stopped, and begins no other', async () => {
    const [gate, began] = [deferred(), deferred()];
    publisher.behave = async (entries) => {
      began.resolve();
      await gate.promise;
      return publisher.accept(entries);
    };
    const patient = await fixture.replica(publisher, ASLEEP);
    const [a1, a2] = await write(patient, 'a', 2);
    patient.relay.start();
    await began.promise;

    const stopping = patient.relay.stop();
    gate.resolve();
    await stopping;

    expect(publisher.ids).toEqual([a1]);
    expect(await fixture.unsent()).toEqual([a2]);
    patient.relay.start();
    patient.outbox.wake();
    expect(publisher.batches.calls).toHaveLength(1);
  });

  it('holds rows no longer than the publisher may take, and sends them again', async () => {
    const [id] = await write(replica, 'a');
    publisher.behave = () => new Promise(() => undefined);

    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 1 });

    publisher.behave = (entries) => Promise.resolve(publisher.accept(entries));
    await fixture.makeDue();
    await replica.relay.sendBatch();
    expect(publisher.ids).toEqual([id]);
  });

  it('R16: parks a message that is refused again and again, and lets the others of its key proceed', async () => {
    const [poison, next] = await write(replica, 'a', 2);
    const [other] = await write(replica, 'b');
    refuse([poison], true);

    const outcomes = [];
    for (let tries = 0; tries < 3; tries += 1) {
      outcomes.push(await replica.relay.sendBatch());
      await fixture.makeDue();
    }
    await replica.relay.sendBatch();

    expect(outcomes.map(({ parked }) => parked.map(({ id }) => id))).toEqual([[], [], [poison]]);
    expect(publisher.ids).toEqual([other, next]);
    expect(await replica.relay.lag()).toEqual({ ageMs: 0, unsent: 0, parked: 1, scheduled: 0 });
    const [row] = await fixture.operator.query(ATTEMPTS);
    expect(row).toMatchObject({ id: poison, attempts: 3, last_error: 'Error: refused' });
  });

  it('sends a parked message once it is unparked', async () => {
    const [poison] = await write(replica, 'a');
    refuse([poison], true);
    for (let tries = 0; tries < 3; tries += 1) {
      await replica.relay.sendBatch();
      await fixture.makeDue();
    }
    publisher.behave = (entries) => Promise.resolve(publisher.accept(entries));

    expect(await replica.relay.unpark(['00000000-0000-7000-8000-000000000000'])).toEqual([]);
    expect(await replica.relay.unpark()).toEqual([poison]);

    await replica.relay.sendBatch();
    expect(publisher.ids).toEqual([poison]);
  });

  it('parks what the broker cannot take while it takes others for the same destination', async () => {
    const [stuck] = await write(replica, 'stuck');
    refuse([stuck], false);
    for (let tries = 0; tries < 3; tries += 1) {
      await write(replica, `other-${tries}`);
      await fixture.makeDue();
      await replica.relay.sendBatch();
    }

    expect((await replica.relay.lag()).parked).toBe(1);
  });

  it('parks nothing in an outage, however long, be it of one destination', async () => {
    const [event] = await write(replica, 'a');
    publisher.behave = (entries) =>
      Promise.resolve(
        entries.map(({ id, definition }) =>
          definition.kind === 'event' ? { id, error: new Error('no topic answers') } : { id },
        ),
      );
    for (let tries = 0; tries < 10; tries += 1) {
      await replica.database.transaction((tx) => replica.outbox.add(tx, DoThing, { n: 1 }, { key: `c${tries}` }));
      await fixture.makeDue();
      await replica.relay.sendBatch();
    }

    expect(await fixture.operator.query(ATTEMPTS)).toMatchObject([{ id: event, attempts: 0, parked_at: null }]);
  });

  it('takes a publisher that throws, or forgets a message, as one that sent nothing of it', async () => {
    const ids = [...(await write(replica, 'a')), ...(await write(replica, 'b'))];
    publisher.behave = () => Promise.reject(new Error('down'));
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 2 });
    await fixture.makeDue();
    publisher.behave = () => Promise.resolve([]);
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 2 });

    expect(await fixture.unsent()).toEqual(ids);
  });

  it('claims no message that was put off', async () => {
    await write(replica, 'a');
    refuse(await fixture.unsent(), true);
    await replica.relay.sendBatch();
    await fixture.operator.dataSource.query(`UPDATE outbox SET next_attempt_at = now() + interval '1 hour'`);

    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 0 });
  });

  it('R17: tells the age of the oldest unsent message', async () => {
    expect(await replica.relay.lag()).toEqual({ ageMs: 0, unsent: 0, parked: 0, scheduled: 0 });
    await write(replica, 'a', 2);
    await fixture.operator.dataSource.query(
      `UPDATE outbox SET created_at = now() - interval '1 minute' WHERE seq = (SELECT min(seq) FROM outbox)`,
    );

    const lag = await replica.relay.lag();

    expect(lag).toMatchObject({ unsent: 2, parked: 0, scheduled: 0 });
    expect(lag.ageMs).toBeGreaterThanOrEqual(60_000);
    expect(lag.ageMs).toBeLessThan(90_000);
  });

  it('R38: leaves messages that only a newer version knows to that version', async () => {
    const Newer = defineEvent({
      owner: 'shop',
      name: 'newer',
      version: 1,
      description: 'Of the version to come.',
      data: z.object({ n: z.int() }),
    });
    const newer = new Relay(
      replica.database,
      publisher,
      defineService({ name: 'shop', publishes: [Happened, Newer] }),
      replica.bell,
    );
    const [id, key, , body] = replica.outbox.row(Happened, { n: 1 }, { key: 'a' });
    await replica.database.transaction((tx) => replica.outbox.addAll(tx, [[id, key, Newer.type, body, null]]));

    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 0 });
    expect(await newer.sendBatch()).toMatchObject({ sent: 1 });
  });

  it('goes on after the database was away', async () => {
    const resilient = await fixture.replica(publisher, { pollMs: 20, listen: false });
    resilient.relay.start();
    await fixture.operator.query(
      statement(
        'spec.kill-all',
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE application_name = 'replica' AND datname = current_database()`,
      ),
    );

    const ids = await write(resilient, 'a', 3);

    await eventually(() => expect(publisher.ids).toEqual(ids));
  });

  /** The relay has looked for work and found none. */
  async function publisherIdle(): Promise<void> {
    const IDLE = statement(
      'spec.idle',
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'replica' AND state = 'idle' AND query = 'COMMIT'
         AND datname = current_database()`,
    );
    await eventually(async () => expect(await fixture.operator.query(IDLE)).not.toEqual([]));
  }

  /** The backend of the connection by which the relay hears others, once there is one. */
  async function listening(): Promise<number> {
    const LISTENING = statement(
      'spec.listening',
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'replica' AND query LIKE 'LISTEN%'
         AND state = 'idle' AND datname = current_database()`,
    );
    return eventually(async () => {
      const [row] = await fixture.operator.query<{ pid: number }>(LISTENING);
      if (row === undefined) throw new Error('nobody listens');
      return row.pid;
    });
  }
});
