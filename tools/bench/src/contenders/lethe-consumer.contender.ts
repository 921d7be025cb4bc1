import { type AwsClientsOptions, createClients } from '@lethe/aws';
import { SqsConsumer } from '@lethe/messaging';
import { observe } from '../measure/observe.js';
import { parseWork } from '../topology.js';
import type { Contender } from './contender.js';
import { LETHE_CONSUMER, LETHE_CONSUMER_SDK } from './names.js';

/** The consumer without a framework, as an application has it: retries, heartbeats, dead letters and drain included. */
function consumer(name: string, transport: NonNullable<AwsClientsOptions['transport']>): Contender {
  return {
    name,
    packageName: '@lethe/messaging',
    atDefaults: true,
    start: async ({ region, queueUrl: url, queueName, handle, probe }) => {
      const clients = createClients({ region, transport });
      observe(clients.sqs, probe);
      const running = new SqsConsumer({
        clients,
        queue: { name: queueName, url },
        handle: ({ body }) => handle(parseWork(body)),
      });
      await running.start();
    },
  };
}

export const letheConsumer = consumer(LETHE_CONSUMER, 'lean');
export const letheConsumerSdk = consumer(LETHE_CONSUMER_SDK, 'sdk');
