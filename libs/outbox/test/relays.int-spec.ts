import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, type TransactionOptions, type Tx, statement } from '@lethe/database';
import { deferred, eventually } from '@lethe/testing';
import { Logger } from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import { FakePublisher, Happened, OutboxFixture, type Replica } from './fixture.js';

const KEYS = 40;
const PER_KEY = 12;
const RELAYS = 4;
const KILL_CLAIMERS = statement(
  'spec.kill-claimers',
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE application_name = 'replica' AND state = 'idle in transaction' AND datname = current_database()
     AND query LIKE '%FOR UPDATE SKIP LOCKED%'`,
);

const WAITING = statement(
  'spec.waiting',
  `SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
);
const ISOLATION = statement('spec.isolation', 'SHOW transaction_isolation');
const isolations: unknown[] = [];

/** Notes at which isolation each transaction runs. */
class WatchedDatabase extends Database {
  override transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return super.transaction(async (tx) => {
      isolations.push(...(await tx.query<{ transaction_isolation: string }>(ISOLATION)).map(Object.values).flat());
      return work(tx);
    }, options);
  }
}

/** A broker that takes messages at its own pace and refuses some; it watches over the order of each key. */
class CapriciousPublisher extends FakePublisher {
  readonly inFlight = new Set<string>();
  readonly overlaps: string[] = [];
  #calls = 0;

  /** Ids accepted, duplicates included, in order. */
  idsByKey(): Map<string, string[]> {
    const ids = new Map<string, string[]>();
    for (const { id, body } of this.accepted) {
      const { subject } = JSON.parse(body) as { subject: string };
      ids.set(subject, [...(ids.get(subject) ?? []), id]);
    }
    return ids;
  }

  override behave = async (entries: Parameters<FakePublisher['publishBatch']>[0]) => {
    const keys = entries.map(({ body }) => (JSON.parse(body) as { subject: string }).subject);
    for (const key of keys) {
      if (this.inFlight.has(key)) this.overlaps.push(key);
      this.inFlight.add(key);
    }
    this.#calls += 1;
    const call = this.#calls;
    for (let turns = 0; turns < (call * 7) % 20; turns += 1) await turn();
    for (const key of keys) this.inFlight.delete(key);
    if (call % 11 === 0) throw new Error('the broker is away');
    const refused = entries.filter((_, at) => (at + call) % 9 === 0);
    this.accept(entries.filter((entry) => !refused.includes(entry)));
    return entries.map((entry) => (refused.includes(entry) ? { id: entry.id, error: new Error('busy') } : entry));
  };
}

describe('R16: several relays on one outbox', () => {
  let fixture: OutboxFixture;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());

  beforeEach(async () => {
    // Refusals put rows off for up to a minute; here that minute is over at once.
    await fixture.operator.dataSource.query(`
      CREATE OR REPLACE FUNCTION soon() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.next_attempt_at := now(); RETURN NEW; END $$`);
    await fixture.operator.dataSource.query(
      'CREATE OR REPLACE TRIGGER soon BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION soon()',
    );
  });
  afterEach(() => fixture.clear());

  /** Lets four replicas write and send together until nothing is left; gives the ids of each key in order of writing. */
  const writeAndSend = async (publisher: FakePublisher): Promise<Map<string, string[]>> => {
    const replicas = await Promise.all(
      Array.from({ length: RELAYS }, () => fixture.replica(publisher, { pollMs: 10, batchSize: 7, parkAfter: 1_000 })),
    );
    const written = new Map<string, string[]>();
    for (const { relay } of replicas) relay.start();
    await Promise.all(Array.from({ length: KEYS }, (_, at) => writeInOrder(replicas, `key-${at}`, written)));
    await eventually(async () => expect(await fixture.unsent()).toEqual([]), { timeoutMs: 25_000 });
    return written;
  };

  it('R16: lose nothing and keep the order of each key, while messages are written and some are refused', async () => {
    const publisher = new CapriciousPublisher();

    const written = await writeAndSend(publisher);

    expect(publisher.overlaps).toEqual([]);
    expect(Object.fromEntries(publisher.idsByKey())).toEqual(Object.fromEntries(written));
  });

  it('R16: lose nothing and overtake nothing where relays die between sending and marking', async () => {
    const publisher = new CapriciousPublisher();
    const kind = publisher.behave;
    let calls = 0;
    const deadly: FakePublisher['behave'] = async (entries) => {
      const answer = await kind(entries);
      calls += 1;
      if (calls % 6 === 0) await fixture.operator.query(KILL_CLAIMERS);
      return answer;
    };

    const written = await writeAndSend(Object.assign(publisher, { behave: deadly }));

    const firsts = [...publisher.idsByKey()].map(([key, ids]) => [key, [...new Set(ids)]]);
    expect(Object.fromEntries(firsts)).toEqual(Object.fromEntries(written));
    expect(publisher.ids.length).toBeGreaterThan(KEYS * PER_KEY);
  });
});

describe('R16: throughput', () => {
  let fixture: OutboxFixture;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());

  /** A broker that answers nothing until it is told to; what it was given is in flight at once. */
  class PatientPublisher extends FakePublisher {
    readonly gate = deferred();
    readonly asked: string[] = [];
    override behave = async (entries: Parameters<FakePublisher['publishBatch']>[0]) => {
      this.asked.push(...entries.map(({ id }) => id));
      await this.gate.promise;
      return this.accept(entries);
    };
  }
  const fill = async (replica: Replica, keys: number) => {
    const rows = Array.from({ length: keys }, (_, n) => replica.outbox.row(Happened, { n }, { key: `key-${n}` }));
    await replica.database.transaction((tx) => replica.outbox.addAll(tx, rows));
  };

  it.each([1, 2, 4])(
    'R16: %i relays have as many batches on their way at once, none of them the same',
    async (count) => {
      const publisher = new PatientPublisher();
      const replicas = await Promise.all(
        Array.from({ length: count }, () =>
          fixture.replica(publisher, { batchSize: 10, concurrency: 1, listen: false }),
        ),
      );
      await fill(replicas[0] as Replica, 100);

      const sending = replicas.map(({ relay }) => relay.sendBatch());
      await eventually(() => expect(publisher.asked).toHaveLength(10 * count));

      expect(new Set(publisher.asked).size).toBe(10 * count);
      publisher.gate.resolve();
      expect(await Promise.all(sending)).toMatchObject(Array.from({ length: count }, () => ({ sent: 10 })));
    },
  );

  it('OBX-3: relays claim at READ COMMITTED past the locks of others: nobody waits, nothing is repeated', async () => {
    const publisher = new PatientPublisher();
    const replicas = await Promise.all(
      Array.from({ length: 8 }, () => fixture.replica(publisher, { batchSize: 10, listen: false }, WatchedDatabase)),
    );
    await fill(replicas[0] as Replica, 80);
    isolations.length = 0;

    const sending = replicas.map(({ relay }) => relay.sendBatch());
    await eventually(() => expect(publisher.asked).toHaveLength(80));
    const waiting = await fixture.operator.query(WAITING);
    publisher.gate.resolve();

    expect(waiting).toEqual([]);
    expect(await Promise.all(sending)).toMatchObject(replicas.map(() => ({ sent: 10, failed: 0 })));
    expect(new Set(publisher.ids).size).toBe(80);
    expect(isolations).toEqual(replicas.map(() => 'read committed'));
  });

  it('claims a batch while another is on its way, where there is a backlog, and ends both when it is stopped', async () => {
    const publisher = new PatientPublisher();
    const [quick, { behave }] = [new FakePublisher(), publisher];
    publisher.behave = (entries) => (publisher.batches.calls.length === 1 ? quick.behave(entries) : behave(entries));
    const replica = await fixture.replica(publisher, { batchSize: 10, listen: false });
    await fill(replica, 100);
    replica.relay.start();
    await eventually(() => expect(publisher.asked).toHaveLength(20));

    const stopping = replica.relay.stop();
    publisher.gate.resolve();
    await stopping;

    expect(new Set(publisher.asked).size).toBe(20);
    expect(await fixture.unsent()).toHaveLength(100 - quick.ids.length - publisher.ids.length);
  });
});

/** Each message by another replica, as a load balancer would have it. */
async function writeInOrder(replicas: readonly Replica[], key: string, expected: Map<string, string[]>): Promise<void> {
  const ids: string[] = [];
  expected.set(key, ids);
  for (let n = 0; n < PER_KEY; n += 1) {
    const replica = replicas[n % replicas.length];
    if (replica === undefined) continue;
    ids.push(await replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n }, { key })));
  }
}
