import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { recorder } from '@lethe/testing';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  type EventSources,
  type EventSourcesOptions,
  startEventSources,
} from '../../src/event-sources/event-sources.js';
import type { FunctionSource } from '@lethe/topology';
import { type Pace } from '../../src/event-sources/mapping.js';
import { FunctionsStub } from '../support/functions-stub.js';

/** Quick enough for tests; the rules are the same. */
const PACE: Pace = { pollMs: 50, longPollMs: 50, retryBaseMs: 10, retryCapMs: 50, asyncRetryMs: [50, 100] };

/** Event sources between the embedded servers of this run and a stub of Lambda. */
export class Rig {
  readonly sqs = new SQSClient({});
  readonly kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() });
  readonly s3 = new S3Client({ forcePathStyle: true });
  readonly errors = recorder();
  readonly #sources: EventSources[] = [];

  private constructor(
    readonly functions: FunctionsStub,
    readonly stateDir: string,
  ) {}

  static async start(): Promise<Rig> {
    return new Rig(await FunctionsStub.start(), await mkdtemp(join(tmpdir(), 'lethe-event-sources-')));
  }

  /** Maps the source to the function `name`, from where it was left. */
  map(source: FunctionSource, name: string, options: Partial<EventSourcesOptions> = {}): EventSources {
    const sources = startEventSources({
      mappings: [{ name, timeoutSeconds: 2, source }],
      functionsUrl: this.functions.url,
      stateDir: this.stateDir,
      env: process.env,
      pace: PACE,
      onError: this.errors,
      ...options,
    });
    this.#sources.push(sources);
    return sources;
  }

  /** A queue of its own, hiding messages for so many seconds. */
  async queue(attributes: Readonly<Record<string, string>> = {}, suffix = ''): Promise<string> {
    const QueueName = `q-${randomUUID()}${suffix}`;
    await this.sqs.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '2', ...attributes } }));
    return QueueName;
  }

  async urlOf(queue: string): Promise<string> {
    return (await this.sqs.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl ?? '';
  }

  async arnOf(queue: string): Promise<string> {
    const command = new GetQueueAttributesCommand({ QueueUrl: await this.urlOf(queue), AttributeNames: ['QueueArn'] });
    return (await this.sqs.send(command)).Attributes?.['QueueArn'] ?? '';
  }

  /** Messages in the queue, hidden ones too. */
  async depthOf(queue: string): Promise<number> {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const command = new GetQueueAttributesCommand({
      QueueUrl: await this.urlOf(queue),
      AttributeNames: [...AttributeNames],
    });
    const { Attributes = {} } = await this.sqs.send(command);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  }

  /** The next message of a queue, undefined where none came within 10 s. */
  async nextIn(queue: string): Promise<string | undefined> {
    const command = new ReceiveMessageCommand({ QueueUrl: await this.urlOf(queue), WaitTimeSeconds: 10 });
    return (await this.sqs.send(command)).Messages?.[0]?.Body;
  }

  /** The next message of an on-failure destination. */
  async reportIn(queue: string): Promise<Record<string, unknown>> {
    return JSON.parse((await this.nextIn(queue)) ?? 'null') as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sources.map((sources) => sources.stop()));
    await this.functions.stop();
    for (const client of [this.sqs, this.kinesis, this.s3]) client.destroy();
    await rm(this.stateDir, { recursive: true, force: true });
  }
}
