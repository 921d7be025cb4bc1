import type { ConformanceCase } from './conformance.js';
import { FIFO, type LabQueue, errorOf, labQueue, labQueueWithDeadLetters } from './lab.js';

/** Sends to one group, in order. */
async function fill(queue: LabQueue, group: string, bodies: readonly string[]): Promise<void> {
  const entries = bodies.map((body) => ({
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: `${group} ${body}`,
  }));
  await queue.sendBatch(entries);
}

/**
 * Sources: "FIFO queue delivery logic", "Exactly-once processing", MessageDeduplicationId in the API reference;
 * localstack#12442 for a receipt handle whose timeout is over, which was checked against AWS.
 */
export const fifoQueueCases: readonly ConformanceCase[] = [
  {
    name: 'FIFO: a receive gives as many messages of one group as there is room for, in order',
    aws: ['a', 'b', 'c'],
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      await fill(queue, 'one', ['a', 'b', 'c', 'd']);
      return queue.bodies({ max: 3 });
    },
  },
  {
    name: 'FIFO: of a group nothing is given while one of its messages is hidden, and of others it is',
    aws: { meanwhile: ['x'], afterwards: ['b'] },
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      await fill(queue, 'one', ['a', 'b']);
      const handle = await queue.handle({ max: 1 });
      await fill(queue, 'two', ['x']);
      const meanwhile = await queue.bodies();
      await queue.delete(handle);
      return { meanwhile, afterwards: await queue.bodies() };
    },
  },
  {
    name: 'FIFO: a message that is returned is given again before those behind it',
    aws: ['a', 'a', 'b'],
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      await fill(queue, 'one', ['a', 'b']);
      const bodies: (string | undefined)[] = [];
      for (const seconds of [0, -1, -1]) {
        const [message] = await queue.receive({ max: 1 });
        bodies.push(message?.Body);
        const handle = message?.ReceiptHandle ?? '';
        await (seconds === 0 ? queue.change(handle, 0) : queue.delete(handle));
      }
      return bodies;
    },
  },
  {
    name: 'SQS-9: FIFO: a second message with the deduplication id of the last five minutes is accepted and dropped',
    aws: { same: true, bodies: ['a'], afterDelete: [] },
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      const ids = { MessageGroupId: 'one', MessageDeduplicationId: 'id' };
      const first = await queue.send('a', ids);
      const second = await queue.send('b', ids);
      const messages = await queue.receive();
      await queue.delete(messages[0]?.ReceiptHandle ?? '');
      await queue.send('c', ids);
      return {
        same: first.MessageId === second.MessageId,
        bodies: messages.map(({ Body }) => Body),
        afterDelete: await queue.bodies(),
      };
    },
  },
  {
    name: 'FIFO: the body is the deduplication id where the queue deduplicates by content',
    aws: ['a', 'b'],
    observe: async (platform) => {
      const queue = await labQueue(platform, { ...FIFO, ContentBasedDeduplication: 'true' });
      for (const [group, body] of ['a', 'a', 'b'].entries()) await queue.send(body, { MessageGroupId: `${group}` });
      return queue.sortedBodies();
    },
  },
  {
    name: 'FIFO: a group id is demanded, a deduplication id too, and no delay is taken',
    aws: [true, true, true],
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      const attempts = [
        { MessageDeduplicationId: 'id' },
        { MessageGroupId: 'one' },
        { MessageDeduplicationId: 'id', MessageGroupId: 'one', DelaySeconds: 1 },
      ];
      const errors = [];
      for (const attempt of attempts) errors.push(await errorOf(queue.send('a', attempt)));
      return errors.map((error) => error !== 'nothing');
    },
  },
  {
    name: 'FIFO: a receipt handle whose visibility timeout is over deletes nothing, and is refused',
    aws: { refused: [true], still: ['a'] },
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      await fill(queue, 'one', ['a']);
      const handle = await queue.handle();
      await queue.change(handle, 0);
      const { Failed = [] } = await queue.deleteBatch([handle]);
      return { refused: Failed.map(({ SenderFault }) => SenderFault), still: await queue.bodies() };
    },
  },
  {
    name: 'FIFO: a message that is dead-lettered no longer holds up its group',
    aws: { next: ['b'], dead: ['a'] },
    observe: async (platform) => {
      const { queue, deadLetters } = await labQueueWithDeadLetters(platform, 1, FIFO);
      await fill(queue, 'one', ['a', 'b']);
      await queue.receive({ max: 1, visibility: 0 });
      return { next: await queue.bodies(), dead: await deadLetters.bodies() };
    },
  },
  {
    name: 'FIFO: messages carry their group, their deduplication id and a growing sequence number',
    aws: { ids: ['one', 'one a'], grows: true },
    observe: async (platform) => {
      const queue = await labQueue(platform, FIFO);
      await fill(queue, 'one', ['a', 'b']);
      const [first] = await queue.receive({ max: 1 });
      await queue.delete(first?.ReceiptHandle ?? '');
      const [second] = await queue.receive({ max: 1 });
      const [one, two] = [first, second].map((message) => message?.Attributes?.SequenceNumber ?? '');
      const { MessageGroupId, MessageDeduplicationId } = first?.Attributes ?? {};
      return { ids: [MessageGroupId, MessageDeduplicationId], grows: (one ?? '') < (two ?? '') };
    },
  },
  {
    name: 'FIFO: the name says so, and the attribute too',
    aws: [true, true],
    observe: async (platform) => {
      const { CreateQueueCommand } = await import('@aws-sdk/client-sqs');
      const create = (QueueName: string, Attributes: Record<string, string>) =>
        errorOf(platform.run(platform.clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))));
      const errors = [await create('no-attribute.fifo', {}), await create('no-suffix', { ...FIFO })];
      return errors.map((error) => error !== 'nothing');
    },
  },
];
