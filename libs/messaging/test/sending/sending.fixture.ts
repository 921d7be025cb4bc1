import { uuidv7 } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import {
  type MessageDefinition,
  defineCommand,
  defineEvent,
  defineService,
  defineTopology,
  encodeMessage,
} from '@lethe/topology';
import { z } from 'zod';
import type { MessagingClients } from '../../src/clients.js';
import { MessagePublisher, type MessagePublisherOptions } from '../../src/publisher.js';
import type { PublishEntry } from '../../src/sending/publish-entry.js';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';

const data = z.object({ n: z.int(), filling: z.string().default('') });
const spec = { version: 1, description: 'A message.', data } as const;

/** To a standard queue, a fair one and a FIFO one; of a standard topic that a fair queue hears, and of a FIFO topic. */
export const Plain = defineCommand({ ...spec, owner: 'plain', name: 'do' });
export const Fair = defineCommand({ ...spec, owner: 'tenants', name: 'serve' });
export const Ordered = defineCommand({ ...spec, owner: 'ordered', name: 'do' });
export const Told = defineEvent({ ...spec, owner: 'writer', name: 'told' });
export const Entered = defineEvent({ ...spec, owner: 'ledger', name: 'entered' });

export const services = [
  defineService({ name: 'writer', publishes: [Told], sends: [Plain, Fair, Ordered] }),
  defineService({ name: 'ledger', publishes: [Entered], topic: { fifo: true } }),
  defineService({ name: 'plain', handles: [Plain] }),
  defineService({ name: 'tenants', handles: [Fair, Told], queue: { fair: true } }),
  defineService({ name: 'ordered', handles: [Ordered, Entered], queue: { fifo: true } }),
] as const;

export const BUCKET = 'claims';

interface Call {
  /** Such as `SendMessageBatch`. */
  readonly operation: string;
  /** Milliseconds of virtual time. */
  readonly at: number;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A publisher to a simulated AWS in virtual time, with all that it asked of AWS. */
export async function createLab({
  latencyMs = 0,
  ...options
}: Partial<MessagePublisherOptions> & { latencyMs?: number }) {
  const time = new VirtualTime();
  const simulator = new AwsSimulator({ time, latencyMs });
  const topology = defineTopology('lab', services);
  await simulator.provision(topology);
  await simulator.createBucket(BUCKET);
  const calls: Call[] = [];
  const watch = <Client extends object>(client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'send' || typeof value !== 'function') return value;
        return (command: { readonly input: object }, ...more: unknown[]): unknown => {
          const operation = command.constructor.name.replace(/Command$/, '');
          calls.push({ operation, at: time.monotonic(), input: { ...command.input } });
          return Reflect.apply(value, target, [command, ...more]) as unknown;
        };
      },
    });
  const { sqs, sns, s3 } = simulator.clients;
  const clients: MessagingClients = { sqs: watch(sqs), sns: watch(sns), s3: watch(s3) };
  const publisher = new MessagePublisher({
    topology,
    clients,
    accountId: simulator.accountId,
    timers: time,
    ...options,
  });
  return {
    time,
    simulator,
    clients,
    publisher,
    calls,
    /** Calls of an operation so far. */
    callsOf: (operation: string) => calls.filter((call) => call.operation === operation),
    /** `n` of the messages in a queue, in order of arrival. */
    numbersIn: (queue: string) => simulator.messages(queue).map(({ body }) => envelopeOf(body).data?.n),
  };
}

export type Lab = Awaited<ReturnType<typeof createLab>>;

/** An entry that carries a number; the envelope's subject is `subject`. */
export function entryOf(
  definition: MessageDefinition,
  n: number,
  { subject, filling = '', ...rest }: Partial<PublishEntry> & { subject?: string; filling?: string } = {},
): PublishEntry {
  const id = uuidv7();
  const body = encodeMessage(definition, { n, filling }, { id, source: definition.owner, time: Date.now(), subject });
  return { id, definition, body, ...rest };
}

export function envelopeOf(body: string) {
  return JSON.parse(body) as {
    readonly id: string;
    readonly data?: { readonly n: number; readonly filling: string };
    readonly dataref?: string;
    readonly databytes?: number;
    readonly datasha256?: string;
  };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
