import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { store } from '@lethe/contracts';
import { resourcesOf } from '@lethe/topology';
import type { Construct } from 'constructs';
import { UnknownResourceError } from '../infra.errors.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addFailureQueues, addQueue, letTopicsWrite } from './queues.js';
import { addStream } from './streams.js';
import { addSubscription, addTopic } from './topics.js';

/** Topics, queues, subscriptions and streams: those of the topology, and no others. */
export class MessagingStack extends StoreStack {
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly streams: ReadonlyMap<string, Stream>;

  constructor(scope: Construct, stage: StageDefinition, key: IKey) {
    super(scope, 'messaging', stage, { description: 'Topics, queues and streams of the store.', stateful: true });
    const { topics, queues, subscriptions, streams } = resourcesOf(store);
    this.#topics = new Map(topics.map((topic) => [topic.name, addTopic(this, topic, key)]));
    this.#queues = new Map(queues.map((queue) => [queue.name, addQueue(this, queue, key)]));
    this.streams = new Map(streams.map((stream) => [stream.name, addStream(this, stream, key, this.dataRemoval)]));
    for (const [name, queue] of this.#queues) {
      const heard = subscriptions.filter((subscription) => subscription.queue === name);
      letTopicsWrite(
        queue,
        heard.map(({ topic }) => this.topic(topic).topicArn),
      );
    }
    for (const subscription of subscriptions)
      addSubscription(this, subscription, {
        topic: this.topic(subscription.topic),
        queue: this.queue(subscription.queue),
      });
    addFailureQueues(this, key);
  }

  /** Throws an {@link UnknownResourceError}. */
  topic(name: string): Topic {
    return found('topic', name, this.#topics);
  }

  /** Throws an {@link UnknownResourceError}. */
  queue(name: string): Queue {
    return found('queue', name, this.#queues);
  }
}

function found<T>(kind: string, name: string, all: ReadonlyMap<string, T>): T {
  const one = all.get(name);
  if (one === undefined) throw new UnknownResourceError(kind, name);
  return one;
}
