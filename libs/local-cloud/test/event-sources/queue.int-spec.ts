import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { deferred, eventually, recorder } from '@lethe/testing';
import type { QueueSource } from '@lethe/topology';
import { Rig } from './rig.js';

interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}
const bodiesOf = (event: unknown) => (event as QueueEvent).Records.map(({ body }) => body);

describe('a queue and its function', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const source = (queue: string, changes: Partial<QueueSource> = {}): QueueSource => ({
    type: 'queue',
    queue,
    batchSize: 10,
    batchingWindowSeconds: 0,
    maximumConcurrency: 2,
    ...changes,
  });
  async function send(queue: string, bodies: readonly string[]): Promise<void> {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await rig.sqs.send(new SendMessageBatchCommand({ QueueUrl: await rig.urlOf(queue), Entries }));
  }

  it('hands messages over as Lambda does, and deletes what was taken', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const queue = await rig.queue();
    const QueueUrl = await rig.urlOf(queue);
    const MessageAttributes = { type: { DataType: 'String', StringValue: 'a.b.v1' } };
    await rig.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes }));

    rig.map(source(queue), 'fn');

    const [[event, name] = []] = await invoked.next();
    expect(name).toBe('fn');
    expect(event).toMatchObject({
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: 'one',
          attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) },
          messageAttributes: { type: { dataType: 'String', stringValue: 'a.b.v1' } },
          eventSource: 'aws:sqs',
          eventSourceARN: await rig.arnOf(queue),
        },
      ],
    });
    await eventually(async () => expect(await rig.depthOf(queue)).toBe(0));
  });

  it('R19 R20: offers what failed again after its visibility timeout, and at last to the dead-letter queue', async () => {
    const invoked = recorder((event: unknown) => ({
      batchItemFailures: (event as QueueEvent).Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    }));
    rig.functions.behaviour = invoked;
    const dead = await rig.queue();
    const deadLetterTargetArn = await rig.arnOf(dead);
    const queue = await rig.queue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }) });
    await send(queue, ['good', 'bad']);

    rig.map(source(queue), 'fn');

    expect(await rig.nextIn(dead)).toBe('bad');
    expect(invoked.calls.map(([event]) => bodiesOf(event).toSorted())).toEqual([['bad', 'good'], ['bad']]);
    expect(await rig.depthOf(queue)).toBe(0);
  });

  it('R19: keeps the whole batch where the function threw', async () => {
    let attempts = 0;
    const invoked = recorder((_event: unknown) => {
      if (attempts++ === 0) throw new Error('not today');
      return {};
    });
    rig.functions.behaviour = invoked;
    const queue = await rig.queue();
    await send(queue, ['one', 'two']);

    rig.map(source(queue), 'fn');

    await invoked.next(2);
    expect(bodiesOf(invoked.calls[1]?.[0]).toSorted()).toEqual(['one', 'two']);
    await eventually(async () => expect(await rig.depthOf(queue)).toBe(0));
  });

  it('gathers a batch for as long as its window', async () => {
    const invoked = recorder((_event: unknown) => ({}));
    rig.functions.behaviour = invoked;
    const queue = await rig.queue({ VisibilityTimeout: '30' });
    rig.map(source(queue, { batchSize: 20, batchingWindowSeconds: 5 }), 'fn');

    for (const part of ['a', 'b'])
      await send(
        queue,
        Array.from({ length: 10 }, (_, index) => `${part}${index}`),
      );

    const [[event] = []] = await invoked.next();
    expect(bodiesOf(event)).toHaveLength(20);
  });

  it('R11: invokes so many at a time, and no more', async () => {
    const gate = deferred();
    let most = 0;
    let running = 0;
    const invoked = recorder(async (_event: unknown) => {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return {};
    });
    rig.functions.behaviour = invoked;
    const queue = await rig.queue({ VisibilityTimeout: '30' });
    await send(queue, ['1', '2', '3', '4', '5', '6']);

    rig.map(source(queue, { batchSize: 1 }), 'fn');
    await invoked.next(2);
    gate.resolve();
    await invoked.next(4);

    expect(most).toBe(2);
  });

  it('waits for a function that is throttled, and takes it for no failure', async () => {
    const invoked = recorder((_event: unknown) => ({}));
    rig.functions.behaviour = invoked;
    rig.functions.refusal = 429;
    const queue = await rig.queue({ VisibilityTimeout: '30' });
    await send(queue, ['one']);
    rig.map(source(queue), 'fn');

    await rig.errors.next(3);
    rig.functions.refusal = undefined;

    const [[event] = []] = await invoked.next();
    expect((event as QueueEvent).Records[0]?.attributes['ApproximateReceiveCount']).toBe('1');
  });

  it('R19: delivers a group of a FIFO queue in order, from the first that failed on', async () => {
    let failures = 0;
    const invoked = recorder((event: unknown) => {
      const { Records } = event as QueueEvent;
      const from = Records.findIndex(({ body }) => body === 'two');
      if (from < 0 || failures++ > 0) return { batchItemFailures: [] };
      return { batchItemFailures: Records.slice(from).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    rig.functions.behaviour = invoked;
    const queue = await rig.queue({ FifoQueue: 'true', ContentBasedDeduplication: 'true' }, '.fifo');
    const Entries = ['one', 'two', 'three'].map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
      MessageGroupId: 'group',
    }));
    await rig.sqs.send(new SendMessageBatchCommand({ QueueUrl: await rig.urlOf(queue), Entries }));

    rig.map(source(queue), 'fn');

    await eventually(async () => expect(await rig.depthOf(queue)).toBe(0));
    // However it was cut: nothing overtakes the one that failed.
    expect(invoked.calls.flatMap(([event]) => bodiesOf(event))).toEqual(['one', 'two', 'two', 'three']);
  });

  it('refuses a queue that would show messages while the function still runs', async () => {
    rig.map(source(await rig.queue({ VisibilityTimeout: '1' })), 'fn');

    const [[name, error] = []] = await rig.errors.next();
    expect(name).toBe('fn');
    expect(String(error)).toContain('visibility timeout of 1 s is less than the 2 s');
  });
});
