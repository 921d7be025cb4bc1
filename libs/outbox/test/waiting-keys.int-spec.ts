import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type TransactionOptions, type Tx } from '@lethe/database';
import { deferred, eventually } from '@lethe/testing';
import { FakePublisher, Happened, OutboxFixture, type Replica } from './fixture.js';

/** So long that a message which waits for the next poll never comes in a test; and nobody hears of others. */
const ALONE = { pollMs: 600_000, listen: false };

/** Its transactions are watched: the test says what happens before one begins, and before it is committed. */
class GatedDatabase extends Database {
  static beforeBegin: (database: GatedDatabase) => Promise<void> = () => Promise.resolve();
  static beforeCommit: (database: GatedDatabase) => Promise<void> = () => Promise.resolve();

  override async transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T> {
    await GatedDatabase.beforeBegin(this);
    return super.transaction(async (tx) => {
      const result = await work(tx);
      await GatedDatabase.beforeCommit(this);
      return result;
    }, options);
  }
}

const write = ({ database, outbox }: Replica, n: number): Promise<string> =>
  database.transaction((tx) => outbox.add(tx, Happened, { n }, { key: 'one' }));

describe('R16: messages of one key', () => {
  let fixture: OutboxFixture;
  beforeAll(async () => {
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());

  it('go one after the other, and wait for no poll in between', async () => {
    const publisher = new FakePublisher();
    const replica = await fixture.replica(publisher, ALONE);
    const ids = await replica.database.transaction(async (tx) => [
      await replica.outbox.add(tx, Happened, { n: 1 }, { key: 'one' }),
      await replica.outbox.add(tx, Happened, { n: 2 }, { key: 'one' }),
      await replica.outbox.add(tx, Happened, { n: 3 }, { key: 'one' }),
    ]);
    replica.relay.start();

    await eventually(() => expect(publisher.ids).toEqual(ids));
    expect(publisher.batches.calls).toHaveLength(3);
  });

  it('are sent where one is written while the relay of another replica commits what it sent before', async () => {
    const publisher = new FakePublisher();
    const [first, second] = [
      await fixture.replica(publisher, ALONE, GatedDatabase),
      await fixture.replica(publisher, ALONE, GatedDatabase),
    ];
    const ids = [await write(first, 1)];
    const [sent, commit, committed] = [deferred(), deferred(), deferred()];
    GatedDatabase.beforeCommit = async (database) => {
      if (database !== first.database || publisher.ids.length !== 1) return;
      sent.resolve();
      await commit.promise;
    };
    first.relay.start();
    await sent.promise;
    ids.push(await write(second, 2));

    // The second relay finds the key taken, and looks again when the first has committed.
    let looks = 0;
    GatedDatabase.beforeBegin = async (database) => {
      if (database !== second.database) return;
      looks += 1;
      if (looks > 2) await committed.promise;
    };
    second.relay.start();
    await eventually(() => expect(looks).toBeGreaterThan(2));
    commit.resolve();
    await eventually(async () => expect(await fixture.unsent()).toEqual(ids.slice(1)));
    committed.resolve();

    await eventually(() => expect(publisher.ids).toEqual(ids));
  });
});
