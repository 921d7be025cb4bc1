import { randomUUID } from 'node:crypto';
import { type AwsClients, createClients } from '@lethe/aws';
import { statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher, Reject, type Settled, SqsConsumer } from '@lethe/messaging';
import { redrive } from '@lethe/messaging/operations';
import { provisionMessaging } from '@lethe/messaging/provision';
import { recorder } from '@lethe/testing';
import { decodeEnvelope, defineTopology, encodeMessage, resourcesOf } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DoThing, FakePublisher, OutboxFixture, type Replica, depot, shop } from './fixture.js';

const COUNT = statement('spec.count', 'UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n');
const NUMBER = statement('spec.number', 'SELECT n FROM thing WHERE id = $1');

describe('a dead letter that is redriven', () => {
  let fixture: OutboxFixture;
  let clients: AwsClients;
  let replica: Replica;
  let consumer: SqsConsumer;
  beforeEach(async () => {
    fixture = await OutboxFixture.create();
    clients = createClients({ region: 'us-east-1' });
    replica = await fixture.replica(new FakePublisher(), { pollMs: 3_600_000, listen: false });
    await fixture.operator.dataSource.query(`INSERT INTO thing VALUES ('a', 0)`);
  });
  afterEach(async () => {
    await consumer.close();
    clients.close();
    await fixture.close();
  });

  it.each([
    ['done before it was rejected: its effect is not repeated', true, 1],
    ['not done: it is done now', false, 1],
  ])('R13: was %s', async (_, doneBefore, effects) => {
    const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [shop, depot]);
    await provisionMessaging(topology, clients);
    const [queue] = resourcesOf(topology).queues;
    const settled = recorder<[Settled]>();
    const results: (number | undefined)[] = [];
    consumer = new SqsConsumer({
      clients,
      queue: queue ?? {},
      observer: { settled },
      handle: async ({ body }) => {
        const first = results.length === 0;
        const work = replica.inbox.once(decodeEnvelope(body), async (tx) => {
          if (first && !doneBefore) throw new Reject('not today');
          return (await tx.query<{ n: number }>(COUNT, ['a']))[0]?.n;
        });
        results.push(await work.catch(() => -1));
        // Committed, and yet rejected: for what the handler does behind the commit.
        return first ? new Reject('the mail server is gone') : undefined;
      },
    });
    await consumer.start();
    const id = uuidv7();
    const body = encodeMessage(DoThing, { n: 1 }, { id, source: 'shop', time: Date.now() });
    await new MessagePublisher({ topology, clients, accountId: '000000000000' }).publish({
      id,
      definition: DoThing,
      body,
    });

    const [[rejected] = []] = await settled.next(1);
    const report = await redrive({ clients, queue: queue?.name ?? '' });
    const [[redriven] = []] = await settled.next(1);

    expect([rejected?.outcome, report.done, redriven?.outcome]).toEqual(['dead-lettered', 1, 'done']);
    expect(results).toEqual(doneBefore ? [1, undefined] : [-1, 1]);
    expect((await fixture.operator.query<{ n: number }>(NUMBER, ['a']))[0]?.n).toBe(effects);
  });
});
