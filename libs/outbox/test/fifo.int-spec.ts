import { randomUUID } from 'node:crypto';
import { type AwsClients, createClients } from '@lethe/aws';
import { MessagePublisher, SqsConsumer } from '@lethe/messaging';
import { provisionMessaging } from '@lethe/messaging/provision';
import { eventually, recorder } from '@lethe/testing';
import { type Topology, decodeEnvelope, defineService, defineTopology, resourcesOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage, Publisher } from '../src/relay/relay.options.js';
import { DoThing, OutboxFixture, shop } from './fixture.js';

interface Heard {
  readonly id: string;
  readonly group: string | undefined;
  readonly token: string | undefined;
}

const strictDepot = defineService({ name: 'depot', handles: [DoThing], queue: { fifo: true } });

describe('the relay and a FIFO queue', () => {
  let fixture: OutboxFixture;
  let clients: AwsClients;
  let topology: Topology;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await OutboxFixture.create();
    clients = createClients({ region: 'us-east-1' });
    topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [shop, strictDepot]);
    await provisionMessaging(topology, clients);
  });
  afterAll(async () => {
    clients.close();
    await fixture.close();
  });

  it('SQS-9: an id survives the outbox: what a dying relay has sent, and another sends again, arrives once, in order', async () => {
    const publisher = new MessagePublisher({ topology, clients, accountId: '000000000000' });
    let deaths = 0;
    /** Sends, and is dead before it can say so, three times. */
    const dying: Publisher = {
      publishBatch: async (entries: OutgoingMessage[]) => {
        const results = await publisher.publishBatch(entries);
        deaths += 1;
        if (deaths <= 3) throw new Error('killed here');
        return results;
      },
    };
    const replica = await fixture.replica(dying, { pollMs: 20, listen: false });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push(
        await replica.database.transaction((tx) => replica.outbox.add(tx, DoThing, { n }, { key: `thing-${n % 2}` })),
      );
    }

    await eventually(async () => {
      await fixture.makeDue();
      await replica.relay.sendBatch();
      expect(await fixture.unsent()).toEqual([]);
    });

    const heard = await received(ids.length);
    expect(deaths).toBeGreaterThan(3);
    expect(heard.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    for (const group of ['thing-0', 'thing-1']) {
      expect(heard.filter((it) => it.group === group).map(({ id }) => id)).toEqual(
        ids.filter((_, n) => group === `thing-${n % 2}`),
      );
    }
    expect(heard.map(({ token }) => token)).toEqual(heard.map(({ id }) => id));
  });

  /** What the queue holds: so many messages, in the order in which they arrive. */
  async function received(count: number): Promise<Heard[]> {
    const heard = recorder<[Heard]>();
    const [queue] = resourcesOf(topology).queues.filter(({ fifo }) => fifo);
    if (queue === undefined) throw new Error('there is no FIFO queue');
    const consumer = new SqsConsumer({
      clients,
      queue,
      handle: ({ body, groupId: group, deduplicationId: token }) => {
        heard({ id: decodeEnvelope(body).id, group, token });
        return Promise.resolve();
      },
    });
    await consumer.start();
    await heard.next(count);
    await consumer.close();
    return heard.calls.map(([message]) => message);
  }
});
