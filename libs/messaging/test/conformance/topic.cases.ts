import type { ConformanceCase } from './conformance.js';
import { FIFO, errorOf, labTopic, text } from './lab.js';
import { range } from './range.js';

/**
 * Sources: "Raw message delivery", "Message attributes", "Subscription filter policies", "Message deduplication for FIFO
 * topics", "Large message payloads" of the SNS guide.
 */
export const topicCases: readonly ConformanceCase[] = [
  {
    name: 'SNS: raw delivery gives body and attributes as they were published',
    aws: [['a', { type: text('t') }]],
    observe: async (platform) => {
      const { queue, publish } = await labTopic(platform);
      await publish('a', { MessageAttributes: { type: text('t') } });
      return (await queue.receive({ wait: 2 })).map(({ Body, MessageAttributes }) => [Body, MessageAttributes]);
    },
  },
  {
    name: 'SNS: delivery that is not raw wraps the message',
    aws: ['Notification', 'a', { type: { Type: 'String', Value: 't' } }],
    observe: async (platform) => {
      const { queue, publish } = await labTopic(platform, { RawMessageDelivery: 'false' });
      await publish('a', { MessageAttributes: { type: text('t') } });
      const [body = '{}'] = await queue.bodies({ wait: 2 });
      const { Type, Message, MessageAttributes } = JSON.parse(body) as Record<string, unknown>;
      return [Type, Message, MessageAttributes];
    },
  },
  {
    name: 'SNS: a filter policy lets those types through that it lists',
    aws: ['b'],
    observe: async (platform) => {
      const { queue, publish } = await labTopic(platform, { FilterPolicy: JSON.stringify({ type: ['t2', 't3'] }) });
      await publish('a', { MessageAttributes: { type: text('t1') } });
      await publish('b', { MessageAttributes: { type: text('t2') } });
      await publish('c');
      return queue.bodies();
    },
  },
  {
    name: 'SNS: a filter policy knows prefix, anything-but, exists and numbers',
    aws: ['a'],
    observe: async (platform) => {
      const policy = {
        p: [{ prefix: 'ab' }],
        q: [{ 'anything-but': ['x'] }],
        r: [{ exists: false }],
        n: [{ numeric: ['>', 1, '<=', 3] }],
      };
      const { queue, publish } = await labTopic(platform, { FilterPolicy: JSON.stringify(policy) });
      const number = (StringValue: string) => ({ DataType: 'Number', StringValue });
      const good = { p: text('abc'), q: text('y'), n: number('3') };
      await publish('a', { MessageAttributes: good });
      await publish('b', { MessageAttributes: { ...good, p: text('ba') } });
      await publish('c', { MessageAttributes: { ...good, q: text('x') } });
      await publish('d', { MessageAttributes: { ...good, r: text('r') } });
      await publish('e', { MessageAttributes: { ...good, n: number('4') } });
      return queue.bodies();
    },
  },
  {
    name: 'SQS-11: SNS: raw delivery silently discards a message with more than ten attributes',
    aws: { error: 'nothing', bodies: ['10'] },
    observe: async (platform) => {
      const { queue, publish } = await labTopic(platform);
      const attributes = (count: number) => Object.fromEntries(range(count).map((n) => [`a${n}`, text('x')]));
      await publish('10', { MessageAttributes: attributes(10) });
      const error = await errorOf(publish('11', { MessageAttributes: attributes(11) }));
      return { error, bodies: await queue.bodies() };
    },
  },
  {
    name: 'SNS: a batch is delivered entry by entry',
    aws: { failed: 0, bodies: ['a', 'b'] },
    observe: async (platform) => {
      const { queue, publishBatch } = await labTopic(platform);
      const { Failed = [] } = await publishBatch([{ Message: 'a' }, { Message: 'b' }]);
      return { failed: Failed.length, bodies: await queue.sortedBodies() };
    },
  },
  {
    name: 'SNS: a topic takes 262,144 bytes unless it is made to take more',
    aws: ['nothing', true],
    observe: async (platform) => {
      const { publish } = await labTopic(platform);
      const error = await errorOf(publish('a'.repeat(262_145)));
      return [await errorOf(publish('a'.repeat(262_144))), error !== 'nothing'];
    },
  },
  {
    name: 'SNS: a FIFO topic keeps order, group and deduplication id',
    aws: ['a', 'b'],
    observe: async (platform) => {
      const { queue, publish } = await labTopic(platform, {}, FIFO);
      for (const body of ['a', 'b', 'a']) await publish(body, { MessageGroupId: 'g', MessageDeduplicationId: body });
      const bodies: (string | undefined)[] = [];
      for (let round = 0; round < 3; round += 1) {
        for (const { Body, ReceiptHandle = '' } of await queue.receive()) {
          bodies.push(Body);
          await queue.delete(ReceiptHandle);
        }
      }
      return bodies;
    },
  },
];
