import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { snsError } from '../wire/aws-errors.js';
import { storedBytes } from '../sqs/stored-message.js';

/** What a publisher gives. */
export interface Publication {
  readonly message: string;
  readonly subject: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  attributes: Readonly<Record<string, string>>;
}

/** A topic takes this much unless its attribute MaximumMessageSize says more. Source: "Large message payloads". */
const DEFAULTS = { MaximumMessageSize: '262144' };

/** One topic of the simulated SNS. */
export class SimulatedTopic {
  readonly subscriptions = new Map<string, Subscription>();
  #attributes: Readonly<Record<string, string>>;

  constructor(
    readonly name: string,
    readonly arn: string,
    attributes: Readonly<Record<string, string>>,
  ) {
    if ((attributes['FifoTopic'] === 'true') !== name.endsWith('.fifo'))
      throw snsError('InvalidParameter', 'The name of a FIFO topic ends with .fifo, and no other does');
    this.#attributes = attributes;
  }

  get fifo(): boolean {
    return this.#attributes['FifoTopic'] === 'true';
  }

  get maxBytes(): number {
    return Number(this.attributes['MaximumMessageSize']);
  }

  /** As GetTopicAttributes shows them. */
  get attributes(): Readonly<Record<string, string>> {
    const subscriptions = String(this.subscriptions.size);
    return { ...DEFAULTS, ...this.#attributes, TopicArn: this.arn, SubscriptionsConfirmed: subscriptions };
  }

  change(name: string, value: string): void {
    this.#attributes = { ...this.#attributes, [name]: value };
  }

  /** Throws the SDK's error for what SNS does not take. Gives the deduplication id of a FIFO topic. */
  check({ message, attributes, groupId, deduplicationId }: Publication): string | undefined {
    if (message === '') throw snsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (bytesOf({ message, attributes }) > this.maxBytes)
      throw snsError('InvalidParameter', 'Invalid parameter: Message too long');
    if (!this.fifo) return undefined;
    if (groupId === undefined)
      throw snsError('InvalidParameter', 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics');
    if (deduplicationId !== undefined) return deduplicationId;
    if (this.#attributes['ContentBasedDeduplication'] !== 'true')
      throw snsError(
        'InvalidParameter',
        'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    return createHash('sha256').update(message).digest('hex');
  }
}

export function bytesOf({ message, attributes }: Pick<Publication, 'message' | 'attributes'>): number {
  return storedBytes(message, attributes);
}
