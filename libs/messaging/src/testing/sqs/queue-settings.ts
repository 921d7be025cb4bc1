import { createHash } from 'node:crypto';
import { sqsError } from '../wire/aws-errors.js';
import type { Draft } from './stored-message.js';

type Values = Readonly<Record<string, string>>;

/** What a queue is made with. Source: CreateQueue. */
const DEFAULTS: Values = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};
const FIFO_DEFAULTS: Values = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};
const OTHERS = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'FifoQueue', 'KmsMasterKeyId'];
const KNOWN = new Set([...Object.keys(DEFAULTS), ...Object.keys(FIFO_DEFAULTS), ...OTHERS]);

function checked(values: Values): Values {
  for (const [name, value] of Object.entries(values)) {
    if (!KNOWN.has(name)) throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    const [min, max] = RANGES[name] ?? [-Infinity, Infinity];
    if (RANGES[name] && !(Number(value) >= min && Number(value) <= max))
      throw sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
  return values;
}

/** The attributes of a simulated queue, and what follows from them. */
export class QueueSettings {
  #values: Values;

  /** Throws the SDK's error where SQS takes no such queue: of FIFO queues the name says it and the attribute too. */
  constructor(
    name: string,
    readonly arn: string,
    values: Values,
  ) {
    const fifo = values['FifoQueue'] === 'true';
    if (fifo !== name.endsWith('.fifo'))
      throw sqsError('InvalidParameterValue', 'The name of a FIFO queue ends with .fifo, and no other does');
    this.#values = { ...DEFAULTS, ...(fifo && FIFO_DEFAULTS), ...checked(values) };
  }

  get fifo(): boolean {
    return this.#values['FifoQueue'] === 'true';
  }
  get delaySeconds(): number {
    return this.#number('DelaySeconds');
  }
  get visibilitySeconds(): number {
    return this.#number('VisibilityTimeout');
  }
  get waitSeconds(): number {
    return this.#number('ReceiveMessageWaitTimeSeconds');
  }
  get retentionSeconds(): number {
    return this.#number('MessageRetentionPeriod');
  }
  get maxBytes(): number {
    return this.#number('MaximumMessageSize');
  }

  get redrive(): { readonly deadLetterArn: string | undefined; readonly maxReceiveCount: number } {
    const policy = JSON.parse(this.#values['RedrivePolicy'] ?? '{}') as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: number | string;
    };
    return { deadLetterArn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount ?? Infinity) };
  }

  /** By what a FIFO queue tells that it has a message already. Undefined on a standard queue. */
  deduplicationKey({ groupId, deduplicationId, body }: Draft): string | undefined {
    if (!this.fifo) return undefined;
    const id = deduplicationId ?? createHash('sha256').update(body).digest('hex');
    return this.#values['DeduplicationScope'] === 'messageGroup' ? `${groupId} ${id}` : id;
  }

  get deduplicatesByContent(): boolean {
    return this.#values['ContentBasedDeduplication'] === 'true';
  }

  /** Whether these are the attributes it has, as CreateQueue of an existing queue demands. */
  agrees(values: Values): boolean {
    return Object.entries(checked(values)).every(([name, value]) => this.#values[name] === value);
  }

  change(values: Values): void {
    const { FifoQueue = this.#values['FifoQueue'] } = values;
    if (FifoQueue !== this.#values['FifoQueue'])
      throw sqsError('InvalidAttributeValue', 'You cannot change the FifoQueue attribute of an existing queue.');
    const next = { ...this.#values, ...checked(values) };
    this.#values = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ''));
  }

  /** As GetQueueAttributes shows them. */
  get values(): Values {
    return { ...this.#values, QueueArn: this.arn };
  }

  #number(name: string): number {
    return Number(this.#values[name]);
  }
}
