import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, recorder } from '@lethe/testing';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CloudEvent } from '../src/cloud/cloud-event.js';
import { Emulator } from '../src/cloud/emulator.js';

const KILLS = 2;

describe('SQS of the local cloud, killed', () => {
  const events = recorder<[CloudEvent]>();
  let directory: string;
  let fauxqs: Emulator;
  let sqs: SQSClient;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lethe-fauxqs-'));
    const common = { region: 'us-east-1', accountId: '000000000000', password: '', ephemeral: false };
    fauxqs = await Emulator.start(
      { ...common, kind: 'fauxqs', dataDir: join(directory, 'fauxqs') },
      0,
      directory,
      events,
    );
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const endpoint = `http://127.0.0.1:${fauxqs.port}`;
    sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    sqs.destroy();
    await fauxqs.stop();
    await rm(directory, { recursive: true });
  });

  async function createQueue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return QueueUrl;
  }
  /** Sends batches until the server is gone; remembers what was acknowledged. */
  async function sendUntilItBreaks(queue: string, acknowledged: Set<string>): Promise<void> {
    for (;;) {
      const entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'x'.repeat(500) }));
      const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries: entries })).catch(String);
      if (typeof sent === 'string') return;
      for (const { MessageId } of sent.Successful ?? []) acknowledged.add(MessageId ?? '');
    }
  }
  /** Receives without deleting, which moves on to the dead-letter queue what was received before. */
  async function receiveUntilItBreaks(queue: string): Promise<void> {
    for (;;) {
      const command = new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
      const received = await sqs.send(command).catch(String);
      if (typeof received === 'string') return;
    }
  }
  async function countOf(queue: string): Promise<number> {
    const name = 'ApproximateNumberOfMessages';
    const command = new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [name] });
    return Number((await sqs.send(command)).Attributes?.[name]);
  }
  async function drain(queue: string, found: Set<string>): Promise<void> {
    for (;;) {
      const command = new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
      const { Messages = [] } = await sqs.send(command);
      if (Messages.length === 0) return;
      for (const { MessageId } of Messages) found.add(MessageId ?? '');
    }
  }

  it('has every acknowledged message once, in its queue or in the dead-letter queue', async () => {
    const dead = await createQueue('dead');
    const arn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const policy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
    const live = await createQueue('live', { RedrivePolicy: policy });
    const acknowledged = new Set<string>();

    for (let kill = 1; kill <= KILLS; kill++) {
      const enough = acknowledged.size + 100;
      const traffic = [
        sendUntilItBreaks(live, acknowledged),
        sendUntilItBreaks(live, acknowledged),
        receiveUntilItBreaks(live),
      ];
      await eventually(async () => {
        expect(acknowledged.size).toBeGreaterThan(enough);
        expect(await countOf(dead)).toBeGreaterThan(20 * kill);
      });
      process.kill(fauxqs.pid ?? 0, 'SIGKILL');
      await Promise.all(traffic);
      await eventually(() => {
        expect(events.calls.filter(([{ type }]) => type === 'restarted')).toHaveLength(kill);
      });
    }
    const inLive = new Set<string>();
    const inDead = new Set<string>();
    await drain(live, inLive);
    await drain(dead, inDead);

    expect([...acknowledged].filter((id) => !inLive.has(id) && !inDead.has(id))).toEqual([]);
    expect([...inLive].filter((id) => inDead.has(id))).toEqual([]);
    expect(inDead.size).toBeGreaterThan(20);
  });
});
