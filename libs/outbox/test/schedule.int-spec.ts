import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statement } from '@lethe/database';
import { decodeEnvelope } from '@lethe/topology';
import { deferred, eventually } from '@lethe/testing';
import { Logger } from '@nestjs/common';
import { DeliveryTimeError } from '../src/outbox.errors.js';
import { SCHEDULED_COLUMNS } from '../src/outbox.sql.js';
import { ENQUEUE_DUE, WALK_INDEXES } from '../src/outbox.sql.js';
import { FakePublisher, Happened, OutboxFixture, type Replica, write } from './fixture.js';

const HOUR = 3_600_000;
const later = (ms = HOUR): Date => new Date(Date.now() + ms);

describe('messages of later', () => {
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
    replica = await fixture.replica(publisher, { pollMs: 20, listen: false });
  });
  afterEach(() => fixture.clear());

  const schedule = (key: string, deliverAt: Date | number, n = 1): Promise<string> =>
    replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n }, { key, deliverAt }));
  const cancel = (id: string): Promise<boolean> => replica.database.transaction((tx) => replica.outbox.cancel(tx, id));
  /** Makes their time come. */
  const comes = () =>
    fixture.operator.dataSource.query(
      `UPDATE outbox_scheduled SET deliver_at = deliver_at - interval '1 hour 1 minute'`,
    );

  it('leave at their time, under the id they were given, and not before', async () => {
    const soon = Date.now() + 300;
    const id = await schedule('a', soon);
    const sentAt: number[] = [];
    publisher.behave = (entries) => {
      sentAt.push(Date.now());
      return Promise.resolve(publisher.accept(entries));
    };

    replica.relay.start();

    await eventually(() => expect(publisher.ids).toEqual([id]));
    expect(sentAt[0]).toBeGreaterThanOrEqual(soon);
    expect(sentAt[0]).toBeLessThan(soon + 1_000);
    expect(decodeEnvelope(publisher.accepted[0]?.body ?? '')).toMatchObject({ id, subject: 'a', data: { n: 1 } });
  });

  it('R16: hold up no later message of their key', async () => {
    const patient = await schedule('a', later());
    const [now] = await write(replica, 'a');

    await replica.relay.enqueueDue();
    await replica.relay.sendBatch();
    expect(publisher.ids).toEqual([now]);

    await comes();
    expect(await replica.relay.enqueueDue()).toBe(1);
    await replica.relay.sendBatch();
    expect(publisher.ids).toEqual([now, patient]);
  });

  it('R38: are out of sight of a version that knows of no schedule, which sends them once they are in line', async () => {
    const id = await schedule('a', later());

    // What the version before does: claim, send and delete rows of `outbox`, and nothing else.
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0, failed: 0 });
    await comes();
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0 });
    await replica.relay.enqueueDue();
    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 1 });
    expect(publisher.ids).toEqual([id]);
  });

  it('R15: leave nothing where the transaction rolls back', async () => {
    const running = replica.database.transaction(async (tx) => {
      await replica.outbox.add(tx, Happened, { n: 1 }, { key: 'a', deliverAt: 0 });
      throw new Error('no');
    });

    await expect(running).rejects.toThrow('no');
    expect(await replica.relay.lag()).toEqual({ ageMs: 0, unsent: 0, parked: 0, scheduled: 0 });
  });

  it('R16: are put in line once, in the order of their times, however many relays look', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => fixture.replica(publisher)));
    await fixture.operator.dataSource.query(
      `INSERT INTO outbox_scheduled (${SCHEDULED_COLUMNS})
       SELECT gen_random_uuid(), 'k' || i, 'shop.happened.v1', '{}', NULL, now() - i * interval '1 second'
       FROM generate_series(1, 2500) i`,
    );

    const moved = await Promise.all(replicas.map(({ relay }) => relay.enqueueDue()));
    const rest = await replica.relay.enqueueDue();

    expect(moved.reduce((sum, count) => sum + count, rest)).toBe(2_500);
    expect(Math.max(...moved)).toBeLessThanOrEqual(1_000);
    expect(await replica.relay.lag()).toMatchObject({ unsent: 2_500, scheduled: 0 });
  });

  it('cost what is due, not what waits: the look walks the index of times', async () => {
    const plan = await fixture.operator.transaction(async (tx) => {
      await tx.manager.query('SET LOCAL plan_cache_mode = force_generic_plan');
      await tx.query(WALK_INDEXES);
      await tx.query(ENQUEUE_DUE, [100]);
      await tx.manager.query(`INSERT INTO outbox_scheduled (${SCHEDULED_COLUMNS})
        SELECT gen_random_uuid(), 'k', 'shop.happened.v1', '{}', NULL, now() + (i - 10) * interval '1 minute'
        FROM generate_series(1, 5000) i`);
      const rows: { 'QUERY PLAN': string }[] = await tx.manager.query(
        'EXPLAIN (ANALYZE, TIMING off) EXECUTE "outbox.enqueue-due"(100)',
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });

    expect(plan).toContain('Index Scan using outbox_scheduled_due');
    expect(plan).not.toContain('Seq Scan on outbox_scheduled');
    expect(plan).not.toMatch(/Index Scan using outbox_scheduled_\w+ .*rows=\d{4,} loops/);
  });

  it('can be cancelled until they leave, in the transaction of a change', async () => {
    const [kept, gone] = [await schedule('a', later()), await schedule('a', later())];
    const undone = replica.database.transaction(async (tx) => {
      await replica.outbox.cancel(tx, kept);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');

    expect(await cancel(gone)).toBe(true);
    expect(await cancel(gone)).toBe(false);

    await comes();
    await replica.relay.enqueueDue();
    await replica.relay.sendBatch();
    expect(publisher.ids).toEqual([kept]);
    expect(await cancel(kept)).toBe(false);
  });

  it('can be cancelled once they are in line, as can those of now', async () => {
    const [id, now] = [await schedule('a', 0), (await write(replica, 'b'))[0] ?? ''];
    await replica.relay.enqueueDue();

    expect([await cancel(id), await cancel(now)]).toEqual([true, true]);

    expect(await replica.relay.sendBatch()).toMatchObject({ sent: 0 });
  });

  it('are left, without a wait, when they are just being sent', async () => {
    const [gate, began] = [deferred(), deferred()];
    publisher.behave = async (entries) => {
      began.resolve();
      await gate.promise;
      return publisher.accept(entries);
    };
    const [id = ''] = await write(replica, 'a');
    const sending = replica.relay.sendBatch();
    await began.promise;

    expect(await cancel(id)).toBe(false);

    gate.resolve();
    expect(await sending).toMatchObject({ sent: 1 });
  });

  it('are found by a cancel that meets the relay putting them in line', async () => {
    const id = await schedule('a', later());
    await comes();
    const moving = deferred();
    const moved = deferred();
    const relay = fixture.operator.transaction(async (tx) => {
      await tx.query(ENQUEUE_DUE, [100]);
      moving.resolve();
      await moved.promise;
    });
    await moving.promise;
    const cancelling = cancel(id);
    await eventually(async () => expect(await fixture.operator.query(WAITING)).not.toEqual([]));

    moved.resolve();
    await relay;

    expect(await cancelling).toBe(true);
    expect(await fixture.unsent()).toEqual([]);
  });

  it('R17: count as lag from their time on, whether they are in line or not', async () => {
    await schedule('a', later());
    expect(await replica.relay.lag()).toEqual({ ageMs: 0, unsent: 0, parked: 0, scheduled: 1 });

    await comes();
    expect((await replica.relay.lag()).ageMs).toBeGreaterThanOrEqual(60_000);
    await replica.relay.enqueueDue();

    const lag = await replica.relay.lag();
    expect(lag).toMatchObject({ unsent: 1, scheduled: 0 });
    expect(lag.ageMs).toBeGreaterThanOrEqual(60_000);
    expect(lag.ageMs).toBeLessThan(120_000);
  });

  it('have a time', async () => {
    await expect(schedule('a', Number.NaN)).rejects.toBeInstanceOf(DeliveryTimeError);
    await expect(schedule('a', new Date(8.64e15))).rejects.toBeInstanceOf(DeliveryTimeError);
  });
});

const WAITING = statement(
  'spec.waiting',
  `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid' AND datname = current_database()`,
);
