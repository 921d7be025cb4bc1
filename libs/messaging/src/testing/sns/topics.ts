import type { Timers } from '@lethe/kernel';
import { snsError } from '../wire/aws-errors.js';
import type { History } from '../history.js';
import { Deduplication } from '../sqs/deduplication.js';
import type { Queues } from '../sqs/queues.js';
import { type FilterPolicy, matchesFilterPolicy } from './filter-policy.js';
import { mayWrite } from './queue-policy.js';
import { type Publication, SimulatedTopic, type Subscription } from './simulated-topic.js';

export interface TopicsOptions {
  readonly time: Timers;
  readonly history: History;
  readonly nextId: () => string;
  readonly queues: Queues;
  readonly account: { readonly region: string; readonly id: string };
}

/** SQS takes no more. With raw delivery SNS discards a message that has more, silently. Source: "Raw message delivery". */
const MAX_RAW_ATTRIBUTES = 10;

/** The topics of the simulated account, and what they deliver to its queues. */
export class Topics {
  readonly #byArn = new Map<string, SimulatedTopic>();
  readonly #known = new Map<SimulatedTopic, Deduplication>();
  #subscriptions = 0;

  constructor(private readonly options: TopicsOptions) {}

  get all(): readonly SimulatedTopic[] {
    return [...this.#byArn.values()];
  }

  create(name: string, attributes: Readonly<Record<string, string>> = {}): SimulatedTopic {
    const { region, id } = this.options.account;
    const arn = `arn:aws:sns:${region}:${id}:${name}`;
    const existing = this.#byArn.get(arn);
    const differs = Object.entries(attributes).some(([key, value]) => existing?.attributes[key] !== value);
    if (existing && differs)
      throw snsError(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
      );
    if (existing) return existing;
    const topic = new SimulatedTopic(name, arn, attributes);
    this.#byArn.set(arn, topic);
    this.#known.set(topic, new Deduplication(this.options.time));
    return topic;
  }

  /** Throws NotFound. */
  byArn(arn = ''): SimulatedTopic {
    const topic = this.#byArn.get(arn);
    if (!topic) throw snsError('NotFound', 'Topic does not exist');
    return topic;
  }

  delete(arn: string): void {
    this.#byArn.delete(arn);
  }

  subscribe(
    topic: SimulatedTopic,
    protocol: string,
    endpoint: string,
    attributes: Subscription['attributes'],
  ): Subscription {
    const existing = [...topic.subscriptions.values()].find((other) => other.endpoint === endpoint);
    if (existing) return existing;
    if (protocol !== 'sqs') throw snsError('InvalidParameter', `the simulator delivers to sqs, not to ${protocol}`);
    this.#subscriptions += 1;
    const subscription = { arn: `${topic.arn}:${this.#subscriptions}`, protocol, endpoint, attributes };
    topic.subscriptions.set(subscription.arn, subscription);
    return subscription;
  }

  /** Throws NotFound. */
  subscriptionOf(arn = ''): { readonly topic: SimulatedTopic; readonly subscription: Subscription } {
    for (const topic of this.#byArn.values()) {
      const subscription = topic.subscriptions.get(arn);
      if (subscription) return { topic, subscription };
    }
    throw snsError('NotFound', 'Subscription does not exist');
  }

  /** Takes a message, and delivers it to every queue that wants it. Gives its id. */
  publish(topic: SimulatedTopic, publication: Publication): string {
    const { history, nextId } = this.options;
    const deduplicationId = topic.check(publication);
    const known = deduplicationId === undefined ? undefined : this.#known.get(topic)?.find(deduplicationId);
    if (known) {
      history.add({ what: 'deduplicated', resource: topic.name, messageId: known.id });
      return known.id;
    }
    const id = nextId();
    if (deduplicationId !== undefined) this.#known.get(topic)?.remember(deduplicationId, { id, sequence: 0 });
    history.add({ what: 'published', resource: topic.name, messageId: id, body: publication.message });
    for (const subscription of topic.subscriptions.values()) {
      const problem = this.#deliver(topic, subscription, { ...publication, deduplicationId }, id);
      if (problem) history.add({ what: 'discarded', resource: topic.name, messageId: id, detail: problem });
    }
    return id;
  }

  /** Why nothing was delivered, where that is not the subscription's own wish. */
  #deliver(
    topic: SimulatedTopic,
    { endpoint, attributes }: Subscription,
    publication: Publication,
    id: string,
  ): string | undefined {
    const policy = JSON.parse(attributes['FilterPolicy'] ?? '{}') as FilterPolicy;
    if (!matchesFilterPolicy(policy, publication.attributes)) return undefined;
    const queue = this.options.queues.byArn(endpoint);
    if (!queue) return `no queue ${endpoint}`;
    if (!mayWrite(topic.arn, queue.settings.values['Policy']))
      return `the policy of ${queue.name} does not let it write`;
    const raw = attributes['RawMessageDelivery'] === 'true';
    if (raw && Object.keys(publication.attributes).length > MAX_RAW_ATTRIBUTES) return 'more than ten attributes';
    queue.send({
      body: raw ? publication.message : this.#wrapped(topic, publication, id),
      attributes: raw ? { ...publication.attributes } : {},
      groupId: publication.groupId,
      deduplicationId: queue.settings.fifo ? publication.deduplicationId : undefined,
      delaySeconds: undefined,
    });
    return undefined;
  }

  #wrapped(topic: SimulatedTopic, { message, subject, attributes }: Publication, id: string): string {
    return JSON.stringify({
      Type: 'Notification',
      MessageId: id,
      TopicArn: topic.arn,
      Subject: subject,
      Message: message,
      Timestamp: new Date(this.options.time.now()).toISOString(),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
          name,
          { Type: DataType, Value: StringValue },
        ]),
      ),
    });
  }
}
