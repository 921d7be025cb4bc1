import { QueueDoesNotExist, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ConformanceCase } from './conformance.js';
import { errorOf, labQueue, text } from './lab.js';
import { range } from './range.js';

/** Sources: the API reference of SendMessage and SendMessageBatch, "Amazon SQS message quotas". */
export const sendingCases: readonly ConformanceCase[] = [
  {
    name: 'a delayed message is hidden until its delay is over',
    aws: { atOnce: [], later: ['a'] },
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a', { DelaySeconds: 1 });
      return { atOnce: await queue.bodies(), later: await queue.bodies({ wait: 3 }) };
    },
  },
  {
    name: 'the delay is at most 15 minutes',
    aws: 'InvalidParameterValue',
    observe: async (platform) => errorOf((await labQueue(platform)).send('a', { DelaySeconds: 901 })),
  },
  {
    name: 'SQS-7: the size of a message is that of body and attributes in UTF-8',
    aws: ['nothing', 'InvalidParameterValue', 'InvalidParameterValue'],
    observe: async (platform) => {
      const queue = await labQueue(platform, { MaximumMessageSize: '1024' });
      const attribute = { MessageAttributes: { n: text('é') } };
      // One byte of name, six of "String", two of "é": nine bytes beside the body.
      return [
        await errorOf(queue.send('a'.repeat(1_015), attribute)),
        await errorOf(queue.send('a'.repeat(1_016), attribute)),
        await errorOf(queue.send('é'.repeat(513))),
      ];
    },
  },
  {
    name: 'SQS-7: the entries of a batch have 1 MiB together',
    aws: ['nothing', 'BatchRequestTooLong'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      const entries = (bytes: number) => [bytes, 524_288].map((size) => ({ MessageBody: 'a'.repeat(size) }));
      return [await errorOf(queue.sendBatch(entries(524_288))), await errorOf(queue.sendBatch(entries(524_289)))];
    },
  },
  {
    name: 'a batch that holds a bad entry has the others carried out',
    aws: { failed: [['1', true]], bodies: ['a', 'c'] },
    observe: async (platform) => {
      const queue = await labQueue(platform, { MaximumMessageSize: '1024' });
      const entries = ['a', 'b'.repeat(1_025), 'c'].map((MessageBody) => ({ MessageBody }));
      const { Failed = [] } = await queue.sendBatch(entries);
      return {
        failed: Failed.map(({ Id, SenderFault }) => [Id, SenderFault]),
        bodies: await queue.sortedBodies(),
      };
    },
  },
  {
    name: 'SQS-6: a batch may hold the same message twice, and no id twice',
    aws: ['nothing', 'BatchEntryIdsNotDistinct', 'TooManyEntriesInBatchRequest', 'EmptyBatchRequest'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      const body = { MessageBody: 'a' };
      const same = [
        { ...body, Id: 'x' },
        { ...body, Id: 'x' },
      ];
      return [
        await errorOf(queue.sendBatch([body, body])),
        await errorOf(queue.sendBatch(same)),
        await errorOf(queue.sendBatch(range(11).map(() => body))),
        await errorOf(queue.sendBatch([])),
      ];
    },
  },
  {
    name: 'SQS-11: more than ten attributes are refused',
    aws: ['nothing', 'InvalidParameterValue'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      const attributes = (count: number) => Object.fromEntries(range(count).map((n) => [`a${n}`, text('x')]));
      return [
        await errorOf(queue.send('a', { MessageAttributes: attributes(10) })),
        await errorOf(queue.send('a', { MessageAttributes: attributes(11) })),
      ];
    },
  },
  {
    name: 'a fair queue: a standard queue takes a group id and gives it back',
    aws: ['one'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a', { MessageGroupId: 'one' });
      return (await queue.receive()).map(({ Attributes }) => Attributes?.MessageGroupId);
    },
  },
  {
    name: 'message attributes come as they were sent',
    aws: [{ type: text('t'), n: { DataType: 'Number', StringValue: '7' } }],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      const attributes = { type: text('t'), n: { DataType: 'Number', StringValue: '7' } };
      await queue.send('a', { MessageAttributes: attributes });
      return (await queue.receive()).map(({ MessageAttributes }) => MessageAttributes);
    },
  },
  {
    name: 'characters that XML does not know are refused',
    aws: 'InvalidMessageContents',
    observe: async (platform) => errorOf((await labQueue(platform)).send('a\u0000')),
  },
  {
    name: 'a queue that is not there is an error of its class',
    aws: true,
    observe: async (platform) => {
      const { url } = await labQueue(platform);
      const command = new SendMessageCommand({ QueueUrl: `${url}-gone`, MessageBody: 'a' });
      const outcome = await platform.run(platform.clients.sqs.send(command)).catch((error: unknown) => error);
      return outcome instanceof QueueDoesNotExist;
    },
  },
];
