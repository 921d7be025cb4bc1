import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type SQSClient,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';
import { UnplannedCommandError } from '../messaging.errors.js';
import type { Inventory } from './inventory.js';

/** An attribute that is not as declared. */
export interface AttributeChange {
  readonly name: string;
  /** Absent where nothing is live. */
  readonly live?: string;
  readonly declared: string;
}

/** One thing that provisioning would do. */
export interface Change {
  readonly action: 'create' | 'change' | 'remove';
  readonly kind: 'topic' | 'queue' | 'subscription';
  /** Of a subscription: `topic -> queue`. */
  readonly name: string;
  readonly attributes: readonly AttributeChange[];
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** Clients that read from AWS, write nothing, and remember what they were asked to write. */
export class PlanningClients implements MessagingClients {
  readonly changes: Change[] = [];
  readonly sqs: MessagingClients['sqs'];
  readonly sns: MessagingClients['sns'];
  readonly s3: MessagingClients['s3'];
  /** Live attributes, and those of what is only planned, by URL or ARN. */
  readonly #known = new Map<string, Attributes>();
  readonly #planned = new Set<string>();
  /** The names of subscriptions by their ARNs. */
  readonly #subscriptions = new Map<string, string>();

  constructor(
    private readonly live: MessagingClients,
    private readonly inventory: Inventory,
  ) {
    this.sqs = { send: ((command: unknown) => this.#sendToSqs(command)) as SQSClient['send'] };
    this.sns = {
      send: ((command: unknown) => this.#sendToSns(command)) as SNSClient['send'],
      config: live.sns.config,
    };
    this.s3 = live.s3;
  }

  async #sendToSqs(command: unknown): Promise<object> {
    if (command instanceof GetQueueUrlCommand) return this.live.sqs.send(command);
    if (command instanceof GetQueueAttributesCommand) {
      const url = command.input.QueueUrl ?? '';
      if (this.#planned.has(url)) return { Attributes: this.#known.get(url) };
      const answer = await this.live.sqs.send(command);
      this.#known.set(url, { ...answer.Attributes });
      return answer;
    }
    if (command instanceof CreateQueueCommand) {
      const { QueueName: name = '', Attributes: declared = {} } = command.input;
      const { region, accountId } = this.inventory;
      const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
      return { QueueUrl: this.#plan({ kind: 'queue', name, declared, address: arn, more: { QueueArn: arn } }) };
    }
    if (command instanceof SetQueueAttributesCommand) {
      const { QueueUrl: url = '', Attributes: declared = {} } = command.input;
      return this.#change('queue', nameOf(url), this.#known.get(url), declared);
    }
    throw new UnplannedCommandError(command);
  }

  async #sendToSns(command: unknown): Promise<object> {
    if (command instanceof CreateTopicCommand) return this.#createTopic(command);
    if (command instanceof GetTopicAttributesCommand) return this.#topicAttributes(command);
    if (command instanceof SetTopicAttributesCommand) {
      const { TopicArn: arn = '', AttributeName: name = '', AttributeValue: value = '' } = command.input;
      return this.#change('topic', nameOf(arn), this.#known.get(arn), { [name]: value });
    }
    if (command instanceof ListSubscriptionsByTopicCommand) return this.#listSubscriptions(command);
    if (command instanceof SubscribeCommand) {
      const { TopicArn: topic = '', Endpoint: queue = '', Attributes: declared = {} } = command.input;
      const name = `${nameOf(topic)} -> ${nameOf(queue)}`;
      return { SubscriptionArn: this.#plan({ kind: 'subscription', name, declared, address: `planned:${name}` }) };
    }
    if (command instanceof GetSubscriptionAttributesCommand) {
      const arn = command.input.SubscriptionArn ?? '';
      if (this.#planned.has(arn)) return { Attributes: this.#known.get(arn) };
      const answer = await this.live.sns.send(command);
      this.#known.set(arn, { ...answer.Attributes });
      return answer;
    }
    if (command instanceof SetSubscriptionAttributesCommand) {
      const { SubscriptionArn: arn = '', AttributeName: name = '', AttributeValue: value = '' } = command.input;
      return this.#change('subscription', this.#subscriptions.get(arn) ?? arn, this.#known.get(arn), { [name]: value });
    }
    if (command instanceof UnsubscribeCommand) {
      const arn = command.input.SubscriptionArn ?? '';
      const name = this.#subscriptions.get(arn) ?? arn;
      this.changes.push({ action: 'remove', kind: 'subscription', name, attributes: [] });
      return {};
    }
    throw new UnplannedCommandError(command);
  }

  /** SNS would give the ARN of a topic that there is. */
  #createTopic({ input: { Name: name = '', Attributes: declared = {} } }: CreateTopicCommand): object {
    const { topics, region, accountId } = this.inventory;
    const arn = topics.get(name);
    if (arn !== undefined) return { TopicArn: arn };
    const address = `arn:aws:sns:${region}:${accountId}:${name}`;
    return { TopicArn: this.#plan({ kind: 'topic', name, declared, address }) };
  }

  async #topicAttributes(command: GetTopicAttributesCommand): Promise<object> {
    const arn = command.input.TopicArn ?? '';
    if (this.#planned.has(arn)) return { Attributes: this.#known.get(arn) };
    const answer = await this.live.sns.send(command);
    this.#known.set(arn, { ...answer.Attributes });
    return answer;
  }

  async #listSubscriptions(command: ListSubscriptionsByTopicCommand): Promise<object> {
    if (this.#planned.has(command.input.TopicArn ?? '')) return {};
    const answer = await this.live.sns.send(command);
    for (const { SubscriptionArn = '', TopicArn = '', Endpoint = '' } of answer.Subscriptions ?? [])
      this.#subscriptions.set(SubscriptionArn, `${nameOf(TopicArn)} -> ${nameOf(Endpoint)}`);
    return answer;
  }

  #plan({ kind, name, declared, address, more = {} }: Planned): string {
    this.#planned.add(address);
    this.#known.set(address, { ...declared, ...more });
    const attributes = attributesOf({}, declared);
    this.changes.push({ action: 'create', kind, name, attributes });
    return address;
  }

  #change(kind: Change['kind'], name: string, live: Attributes = {}, declared: Attributes): object {
    this.changes.push({ action: 'change', kind, name, attributes: attributesOf(live, declared) });
    return {};
  }
}

interface Planned {
  readonly kind: Change['kind'];
  readonly name: string;
  readonly declared: Attributes;
  readonly address: string;
  /** What AWS adds. */
  readonly more?: Attributes;
}

function attributesOf(live: Attributes, declared: Attributes): AttributeChange[] {
  return Object.entries(declared).map(([name, value = '']) => {
    const found = live[name];
    return { name, ...(found === undefined ? {} : { live: found }), declared: value };
  });
}

function nameOf(address: string): string {
  return address.slice(Math.max(address.lastIndexOf('/'), address.lastIndexOf(':')) + 1);
}
