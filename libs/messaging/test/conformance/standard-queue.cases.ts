import { range } from './range.js';
import type { ConformanceCase } from './conformance.js';
import { errorOf, labQueue, labQueueWithDeadLetters } from './lab.js';

/**
 * Sources: the API reference of ReceiveMessage, DeleteMessage and ChangeMessageVisibility; "Amazon SQS visibility
 * timeout"; localstack#9632 for a visibility timeout that is over, which was checked against AWS.
 */
export const standardQueueCases: readonly ConformanceCase[] = [
  {
    name: 'a received message is hidden, and comes back when its visibility timeout is over, with a higher count',
    aws: { hidden: [], counts: ['1', '2'] },
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const [first] = await queue.receive({ visibility: 1 });
      const hidden = await queue.bodies();
      const [second] = await queue.receive({ wait: 3 });
      return { hidden, counts: [first, second].map((message) => message?.Attributes?.ApproximateReceiveCount) };
    },
  },
  {
    name: 'a long poll is answered as soon as a message is sent',
    aws: ['a'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      const [bodies] = await Promise.all([queue.bodies({ wait: 20 }), queue.send('a')]);
      return bodies;
    },
  },
  {
    name: 'a long poll is answered when a returned message becomes visible',
    aws: ['a'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      await queue.change(await queue.handle(), 1);
      return queue.bodies({ wait: 3 });
    },
  },
  {
    name: 'a visibility timeout of 0 returns the message at once',
    aws: ['a'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      await queue.change(await queue.handle(), 0);
      return queue.bodies();
    },
  },
  {
    name: 'a visibility timeout is extended from the moment of the request',
    aws: [],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      await queue.change(await queue.handle({ visibility: 1 }), 30);
      return queue.bodies({ wait: 2 });
    },
  },
  {
    name: 'SQS-1: a delete with a stale receipt handle succeeds and deletes nothing',
    aws: { single: 'nothing', failed: 0, still: ['a'] },
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const stale = await queue.handle({ visibility: 1 });
      const fresh = await queue.handle({ wait: 3 });
      const single = await errorOf(queue.delete(stale));
      const { Failed = [] } = await queue.deleteBatch([stale]);
      await queue.change(fresh, 0);
      return { single, failed: Failed.length, still: await queue.bodies() };
    },
  },
  {
    name: 'the most recent receipt handle deletes a message whose visibility timeout is over',
    aws: [],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const handle = await queue.handle();
      await queue.change(handle, 0);
      await queue.delete(handle);
      return queue.bodies();
    },
  },
  {
    name: 'a message is deleted twice without an error',
    aws: 'nothing',
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const handle = await queue.handle();
      await queue.delete(handle);
      return errorOf(queue.delete(handle));
    },
  },
  {
    name: 'an extension with a stale receipt handle succeeds and extends nothing',
    aws: { single: 'nothing', failed: 0, visible: ['a'] },
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const handle = await queue.handle();
      await queue.change(handle, 0);
      const single = await errorOf(queue.change(handle, 30));
      const { Failed = [] } = await queue.changeBatch([[handle, 30]]);
      return { single, failed: Failed.length, visible: await queue.bodies() };
    },
  },
  {
    name: "an extension of a deleted message is the sender's fault",
    aws: [true],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      const handle = await queue.handle();
      await queue.delete(handle);
      const { Failed = [] } = await queue.changeBatch([[handle, 30]]);
      return Failed.map(({ SenderFault }) => SenderFault);
    },
  },
  {
    name: 'a message that was received often enough moves to the dead-letter queue, with its id and its age',
    aws: { source: [], same: true },
    observe: async (platform) => {
      const { queue, deadLetters } = await labQueueWithDeadLetters(platform, 2);
      await queue.send('a');
      const [first] = await queue.receive({ visibility: 0 });
      await queue.receive({ visibility: 0 });
      const source = await queue.bodies();
      const [dead] = await deadLetters.receive();
      const facts = [first, dead].map((message) => [message?.MessageId, message?.Attributes?.SentTimestamp]);
      return { source, same: JSON.stringify(facts[0]) === JSON.stringify(facts[1]) && facts[0]?.[0] !== undefined };
    },
  },
  {
    name: 'a receive gives ten messages at most, and refuses to be asked for more',
    aws: { given: 10, error: true },
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.sendBatch(range(10).map((n) => ({ MessageBody: `${n}` })));
      await queue.send('10');
      const given = (await queue.receive({ max: 10 })).length;
      return { given, error: (await errorOf(queue.receive({ max: 11 }))) !== 'nothing' };
    },
  },
  {
    name: 'the attributes of a queue count its messages: visible, in flight, delayed',
    aws: ['1', '1', '1'],
    observe: async (platform) => {
      const queue = await labQueue(platform);
      await queue.send('a');
      await queue.receive({ max: 1 });
      await queue.send('b');
      await queue.send('c', { DelaySeconds: 60 });
      const attributes = await queue.attributes();
      return ['', 'NotVisible', 'Delayed'].map((state) => attributes[`ApproximateNumberOfMessages${state}`]);
    },
  },
];
