import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, DatabaseUnavailableError, type TransactionOptions, type Tx, statement } from '@lethe/database';
import { eventually } from '@lethe/testing';
import { Logger } from '@nestjs/common';
import { FakePublisher, Happened, OutboxFixture, type Replica, backendOf, write } from './fixture.js';

const MAKE = statement('spec.make', 'INSERT INTO thing (id, n) VALUES ($1, 0)');
const THINGS = statement('spec.things', 'SELECT id FROM thing ORDER BY id');

/** A database whose connection dies in the relay's transaction, right after the statement of that name. */
class DyingDatabase extends Database {
  dieAfter: string | undefined;
  kill: (pid: number | undefined) => Promise<void> = () => Promise.resolve();

  override transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return super.transaction((tx) => work(this.#dying(tx)), options);
  }

  #dying(tx: Tx): Tx {
    return {
      manager: tx.manager,
      afterCommit: (listener) => tx.afterCommit(listener),
      query: async <Row>(asked: { name: string; text: string }, values?: readonly unknown[]) => {
        const pid = asked.name === this.dieAfter ? await backendOf(tx) : undefined;
        const rows = await tx.query<Row>(asked, values);
        if (pid !== undefined) await this.kill(pid);
        return rows;
      },
    };
  }
}

describe('R15: no message without its change, no change without its message', () => {
  let fixture: OutboxFixture;
  let publisher: FakePublisher;
  let writer: Replica;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    publisher = new FakePublisher();
    writer = await fixture.replica(publisher);
  });
  afterEach(() => fixture.clear());

  /** Makes a thing and tells of it; dies where `at` says, and does not come back. */
  const make = (at: (point: 'before-begin' | 'after-insert' | 'before-commit', tx?: Tx) => Promise<void>) =>
    (async () => {
      await at('before-begin');
      await writer.database.transaction(
        async (tx) => {
          await tx.query(MAKE, ['a']);
          await writer.outbox.add(tx, Happened, { n: 1 }, { key: 'a' });
          await at('after-insert', tx);
          await at('before-commit', tx);
        },
        { attempts: 1 },
      );
    })();
  const everything = async () => ({
    things: await fixture.operator.query(THINGS),
    unsent: await fixture.unsent(),
  });

  it.each(['before-begin', 'after-insert'] as const)('R15: a writer that dies %s leaves neither', async (point) => {
    const dying = make((at) => (at === point ? Promise.reject(new Error('dead')) : Promise.resolve()));

    await expect(dying).rejects.toThrow('dead');
    await writer.relay.sendBatch();
    expect(await everything()).toEqual({ things: [], unsent: [] });
    expect(publisher.accepted).toEqual([]);
  });

  it('R15: a writer whose connection dies before-commit leaves neither', async () => {
    const dying = make(async (at, tx) => {
      if (at === 'before-commit' && tx !== undefined) await fixture.kill(await backendOf(tx));
    });

    await expect(dying).rejects.toMatchObject({ status: 503 });
    await writer.relay.sendBatch();
    expect(await everything()).toEqual({ things: [], unsent: [] });
    expect(publisher.accepted).toEqual([]);
  });

  it('R15: a writer that dies after-commit leaves both, and the relay of another replica sends', async () => {
    await make(() => Promise.resolve());
    await writer.database.close();
    const other = await fixture.replica(publisher, { pollMs: 20, listen: false });

    other.relay.start();

    await eventually(() => expect(publisher.accepted).toHaveLength(1));
    await other.relay.stop();
    expect(await everything()).toEqual({ things: [{ id: 'a' }], unsent: [] });
  });

  it('R15: a relay that dies after-send-before-mark sends again, under the same id', async () => {
    const [id] = await write(writer, 'a');
    publisher.behave = async (entries) => {
      const pids = await fixture.operator.query<{ pid: number }>(
        statement(
          'spec.claimers',
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'replica' AND state = 'idle in transaction'
             AND datname = current_database()`,
        ),
      );
      const answer = publisher.accept(entries);
      await Promise.all(pids.map(({ pid }) => fixture.kill(pid)));
      return answer;
    };

    await expect(writer.relay.sendBatch()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await fixture.unsent()).toEqual([id]);

    publisher.behave = (entries) => Promise.resolve(publisher.accept(entries));
    await writer.relay.sendBatch();
    expect(publisher.ids).toEqual([id, id]);
    expect(await fixture.unsent()).toEqual([]);
  });

  it('R15: a relay that dies after-mark, before its commit, sends again, under the same id', async () => {
    const [id] = await write(writer, 'a');
    const dying = await fixture.replica(publisher, {}, DyingDatabase);
    const database = dying.database as DyingDatabase;
    database.dieAfter = 'outbox.delete-sent';
    database.kill = (pid) => fixture.kill(pid);

    await expect(dying.relay.sendBatch()).rejects.toMatchObject({ status: 503 });
    expect(await fixture.unsent()).toEqual([id]);

    await writer.relay.sendBatch();
    expect(publisher.ids).toEqual([id, id]);
    expect(await fixture.unsent()).toEqual([]);
  });

  it('R15: a relay that dies after-mark, after its commit, has sent once', async () => {
    const [id] = await write(writer, 'a');
    await writer.relay.sendBatch();
    await writer.database.close();
    const other = await fixture.replica(publisher);

    await other.relay.sendBatch();

    expect(publisher.ids).toEqual([id]);
    expect(await fixture.unsent()).toEqual([]);
  });

  it('R15: a relay that dies while it puts messages of later in line leaves them where they were, once', async () => {
    const id = await writer.database.transaction((tx) =>
      writer.outbox.add(tx, Happened, { n: 1 }, { key: 'a', deliverAt: 0 }),
    );
    const dying = await fixture.replica(publisher, {}, DyingDatabase);
    const database = dying.database as DyingDatabase;
    database.dieAfter = 'outbox.enqueue-due';
    database.kill = (pid) => fixture.kill(pid);

    await expect(dying.relay.enqueueDue()).rejects.toMatchObject({ status: 503 });
    expect(await fixture.unsent()).toEqual([]);

    expect(await writer.relay.enqueueDue()).toBe(1);
    await writer.relay.sendBatch();
    expect(publisher.ids).toEqual([id]);
  });

  it('OBX-1: sends a row whose transaction committed late, after others with a higher place in line were sent', async () => {
    const early = Promise.withResolvers<void>();
    const written = Promise.withResolvers<string>();
    const slow = writer.database.transaction(async (tx) => {
      written.resolve(await writer.outbox.add(tx, Happened, { n: 1 }, { key: 'slow' }));
      await early.promise;
    });
    const late = await written.promise;
    const [soon] = await write(writer, 'quick');

    await writer.relay.sendBatch();
    early.resolve();
    await slow;
    await writer.relay.sendBatch();

    expect(publisher.ids).toEqual([soon, late]);
  });
});
