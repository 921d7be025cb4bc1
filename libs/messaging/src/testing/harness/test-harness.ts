import { type Timers, uuidv7 } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import {
  type InputOf,
  type MessageDefinition,
  type MessageOf,
  type QueueResource,
  type ServiceDefinition,
  type Topology,
  encodeMessage,
  resourcesOf,
} from '@lethe/topology';
import type { MessagingClients } from '../../clients.js';
import { destinationOf } from '../../destinations.js';
import { DestinationError } from '../../messaging.errors.js';
import { MessagePublisher } from '../../publisher.js';
import { AwsSimulator, type AwsSimulatorOptions, type SimulatedMessage } from '../aws-simulator.js';
import { type DeadLetter, deadLetterOf } from './dead-letters.js';
import { messagesOf } from './emitted.js';
import { Pace } from './pace.js';

export interface TestHarnessOptions extends Omit<AwsSimulatorOptions, 'time'> {
  /** A bucket to make, for a claim check. */
  readonly bucket?: string;
}

export interface PublishOptions {
  readonly id?: string;
  readonly subject?: string;
  /** Who says it. Default: the owner of an event, `test` for a command. */
  readonly source?: string;
  readonly traceparent?: string;
  readonly delaySeconds?: number;
}

/** What a server, a client or a publisher is made with, to live in the harness. */
export interface HarnessParts {
  readonly topology: Topology;
  readonly clients: MessagingClients;
  readonly timers: Timers;
  readonly accountId: string;
}

/** Milliseconds of virtual time: longer than every retry of a message with the usual backoff. */
const PATIENCE_MS = 6 * 3_600_000;

/**
 * The queues and topics of a topology in a simulator, for tests of handlers: publish, wait until all is handled, look at
 * what was emitted and what is in the dead-letter queues. Retries, delays and visibility timeouts pass in no time.
 */
export class TestHarness {
  readonly time: VirtualTime;
  readonly simulator: AwsSimulator;
  readonly #topology: Topology;
  readonly #queues: ReadonlyMap<string, QueueResource>;
  readonly #publisher: MessagePublisher;
  readonly #pace: Pace;

  /** Use {@link createTestHarness}. */
  constructor(topology: Topology, options: TestHarnessOptions) {
    this.time = new VirtualTime({ seed: options.seed ?? 1 });
    this.simulator = new AwsSimulator({ ...options, time: this.time });
    this.#topology = topology;
    this.#queues = new Map(resourcesOf(topology).queues.map((queue) => [queue.owner, queue]));
    this.#publisher = new MessagePublisher(this.parts);
    this.#pace = new Pace(this.time, () => this.#handled());
  }

  /** The options that put an `SqsServer`, an `SqsClientProxy`'s publisher or an `SqsConsumer` into the harness. */
  get parts(): HarnessParts {
    const { clients, accountId } = this.simulator;
    return { topology: this.#topology, clients, accountId, timers: this.time };
  }

  /** The queue of a service, as `SqsConsumer` takes it. Throws a {@link DestinationError} where it has none. */
  queueOf({ name }: Pick<ServiceDefinition, 'name'>): QueueResource {
    const queue = this.#queues.get(name);
    if (!queue) throw new DestinationError(name, `has no queue in the topology ${this.#topology.name}`);
    return queue;
  }

  /** The outcome of something that takes virtual time: `await harness.run(app.listen())`. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.#pace.run(work, PATIENCE_MS);
  }

  /** Publishes an event or sends a command, and gives its id. Throws what the publisher throws. */
  async publish<D extends MessageDefinition>(
    definition: D,
    data: InputOf<D>,
    { id = uuidv7(this.time.now()), subject, traceparent, delaySeconds, ...options }: PublishOptions = {},
  ): Promise<string> {
    const source = options.source ?? this.#sourceOf(definition);
    const body = encodeMessage(definition, data, { id, source, time: this.time.now(), subject, traceparent });
    await this.run(this.#publisher.publish({ id, definition, body, traceparent, delaySeconds }));
    return id;
  }

  /** Whoever may say it: the owner of an event, and of a command the first that declares to send it. */
  #sourceOf({ kind, owner, type }: MessageDefinition): string {
    if (kind === 'event') return owner;
    const sender = this.#topology.services.find(({ sends }) => sends.some((command) => command.type === type));
    return sender?.name ?? owner;
  }

  /**
   * Ends when these services have nothing in their queues any more, neither waiting, delayed, nor in flight; by default
   * all whose queue was ever received from. Throws a {@link HarnessTimeoutError} after so much virtual time.
   */
  async idle({
    services,
    withinMs = PATIENCE_MS,
  }: { services?: readonly ServiceDefinition[]; withinMs?: number } = {}) {
    const busy = () =>
      (services?.map((service) => this.queueOf(service).name) ?? this.#consumed()).filter(
        (queue) => this.simulator.messages(queue).length > 0,
      );
    await this.#pace.until(
      () => busy().length === 0,
      withinMs,
      () => `there are still messages in ${busy().join(', ')}`,
    );
  }

  /** What was emitted of this definition so far, in order, whoever did: by the services, and by {@link publish}. */
  emitted<D extends MessageDefinition>(definition: D): MessageOf<D>[] {
    return messagesOf(definition, destinationOf(this.#topology, definition).name, this.simulator.history);
  }

  /** What waits, is delayed, or is in flight in the queue of a service. */
  waiting(service: Pick<ServiceDefinition, 'name'>): SimulatedMessage[] {
    return this.simulator.messages(this.queueOf(service).name);
  }

  /** What is in the dead-letter queue of a service, with the diagnosis. */
  deadLetters(service: Pick<ServiceDefinition, 'name'>): DeadLetter[] {
    return this.simulator.messages(this.queueOf(service).deadLetterQueue).map(deadLetterOf);
  }

  #consumed(): string[] {
    const polled = this.simulator.polled();
    return [...this.#queues.values()].map(({ name }) => name).filter((name) => polled.has(name));
  }

  /** Whether a handler may be at work: a message is hidden, and not because it was put off. */
  #handled(): boolean {
    return this.#consumed().some((queue) => this.simulator.inFlight(queue).some(({ returned }) => !returned));
  }
}

/** A {@link TestHarness} with everything that the topology needs, provisioned as in AWS. */
export async function createTestHarness(topology: Topology, options: TestHarnessOptions = {}): Promise<TestHarness> {
  const harness = new TestHarness(topology, options);
  await harness.simulator.provision(topology);
  if (options.bucket !== undefined) await harness.simulator.createBucket(options.bucket);
  return harness;
}
