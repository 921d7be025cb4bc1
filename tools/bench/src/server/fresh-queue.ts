import { createClients } from '@lethe/aws';
import { provisionMessaging } from '@lethe/messaging/provision';
import { resourcesOf } from '@lethe/topology';
import { benchTopology } from '../topology.js';
import type { QueueServer } from './queue-server.js';

let topologies = 0;

/** Topics and queues of a run's own, the worker's queue with so many messages. Gives the name of the topology. */
export async function freshTopology(server: QueueServer, messages = 0): Promise<string> {
  topologies += 1;
  const topology = benchTopology(`bench-${topologies}`);
  const clients = createClients({ region: server.env['AWS_REGION'] ?? '' });
  try {
    await provisionMessaging(topology, clients);
  } finally {
    clients.close();
  }
  const queue = resourcesOf(topology).queues[0]?.name ?? '';
  if (messages > 0) await server.ask({ type: 'fill', queue, count: messages });
  return topology.name;
}
