import { createClients } from '@lethe/aws';
import { uuidv7 } from '@lethe/kernel';
import { MessagePublisher, type PublishEntry } from '@lethe/messaging';
import { observe } from '../measure/observe.js';
import { Work, workBody } from '../topology.js';
import { LETHE_BATCHES, LETHE_CONCURRENT, LETHE_ONE_BY_ONE } from './names.js';
import { type SendContext, type Sender, inParallel } from './sender.js';

function publisherOf({ region, accountId, topology, meter }: SendContext): MessagePublisher {
  const clients = createClients({ region });
  observe(clients.sqs, meter);
  return new MessagePublisher({ topology, clients, accountId });
}

function entry(): PublishEntry {
  const time = Date.now();
  const id = uuidv7(time);
  return { id, definition: Work, body: workBody(0, id, time) };
}

function singles(name: string, loops: number): Sender {
  return {
    name,
    send: async (context) => {
      const publisher = publisherOf(context);
      await inParallel(loops, context.meter, async () => {
        await publisher.publish(entry());
        context.meter.sent(1);
      });
    },
  };
}

export const letheOneByOne = singles(LETHE_ONE_BY_ONE, 1);
export const letheConcurrent = singles(LETHE_CONCURRENT, 500);

/** What the relay does: batches of a hundred. */
export const letheBatches: Sender = {
  name: LETHE_BATCHES,
  send: async (context) => {
    const publisher = publisherOf(context);
    await inParallel(2, context.meter, async () => {
      const results = await publisher.publishBatch(Array.from({ length: 100 }, entry));
      context.meter.sent(results.filter(({ error }) => error === undefined).length);
    });
  },
};
