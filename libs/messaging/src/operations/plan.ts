import { type Topology, replyQueuePrefix, resourcesOf } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import { provisionMessaging } from '../provision.js';
import { type Inventory, takeInventory } from './inventory.js';
import { type Change, PlanningClients } from './planning-clients.js';

/** Something of the topology's name that it does not declare. Nothing is done about it: it may hold messages. */
export interface Undeclared {
  readonly kind: 'topic' | 'queue';
  readonly name: string;
}

export interface Plan {
  /** What provisioning would do now; nothing where the live is as declared. */
  readonly changes: readonly Change[];
  readonly undeclared: readonly Undeclared[];
}

/**
 * What `provisionMessaging` would do, found out by letting it run against clients that read and do not write. Throws as
 * it does where AWS refuses to be read.
 */
export async function planMessaging(topology: Topology, clients: MessagingClients): Promise<Plan> {
  const inventory = await takeInventory(clients, `${topology.name}-`);
  const planning = new PlanningClients(clients, inventory);
  await provisionMessaging(topology, planning);
  const changes = planning.changes.toSorted((a, b) => order(a).localeCompare(order(b)));
  return { changes, undeclared: undeclaredOf(topology, inventory) };
}

function order({ kind, name }: Change): string {
  return `${['topic', 'queue', 'subscription'].indexOf(kind)} ${name}`;
}

function undeclaredOf(topology: Topology, { topics, queues }: Inventory): Undeclared[] {
  const declared = resourcesOf(topology);
  const known = {
    topics: new Set(declared.topics.map(({ name }) => name)),
    queues: new Set(declared.queues.flatMap(({ name, deadLetterQueue }) => [name, deadLetterQueue])),
  };
  // Those of clients that wait for answers come and go with them.
  const passing = topology.services.map(({ name }) => replyQueuePrefix(topology.name, name));
  return [
    ...[...topics.keys()].filter((name) => !known.topics.has(name)).map((name) => ({ kind: 'topic' as const, name })),
    ...queues
      .filter((name) => !known.queues.has(name) && !passing.some((prefix) => name.startsWith(prefix)))
      .map((name) => ({ kind: 'queue' as const, name })),
  ];
}
