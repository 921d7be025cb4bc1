import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DefinitionError, defineCommand, defineEvent } from './definitions.js';
import { resourcesOf } from './resources.js';
import { type ServiceDefinition, defineService, defineTopology } from './service.js';

const data = z.object({ id: z.string() });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: 'Placed.', data });
const Book = defineCommand({ owner: 'books', name: 'book', version: 1, description: 'Book.', data });

const orders = defineService({
  name: 'orders',
  publishes: [Placed],
  topic: { fifo: true, maxMessageBytes: 1_048_576 },
});
const books = defineService({
  name: 'books',
  handles: [Placed, Book],
  queue: { fifo: true, visibilityTimeoutSeconds: 120, maxReceiveCount: 3 },
});
const mail = defineService({ name: 'mail', handles: [Placed], queue: { fair: true } });

/** As a caller in plain JavaScript would. */
const service = (spec: object): unknown => Reflect.apply(defineService, undefined, [spec]);
const join = (...services: ServiceDefinition[]): unknown =>
  Reflect.apply(defineTopology, undefined, ['shop', services]);

describe('settings of queues and topics', () => {
  it('end the names of FIFO queues, their dead-letter queues and FIFO topics with .fifo', () => {
    const { topics, queues, subscriptions } = resourcesOf(defineTopology('shop', [orders, books, mail]));

    expect(topics).toEqual([{ name: 'shop-orders.fifo', owner: 'orders', fifo: true, maxMessageBytes: 1_048_576 }]);
    expect(queues).toMatchObject([
      { name: 'shop-books.fifo', deadLetterQueue: 'shop-books-dlq.fifo', fifo: true, fair: false },
      { name: 'shop-mail', deadLetterQueue: 'shop-mail-dlq', fifo: false, fair: true },
    ]);
    expect(subscriptions.map(({ topic, queue }) => [topic, queue])).toEqual([
      ['shop-orders.fifo', 'shop-books.fifo'],
      ['shop-orders.fifo', 'shop-mail'],
    ]);
  });

  it('take the place of the defaults', () => {
    const { queues } = resourcesOf(defineTopology('shop', [orders, books, mail]));

    expect(
      queues.map(({ visibilityTimeoutSeconds, maxReceiveCount }) => [visibilityTimeoutSeconds, maxReceiveCount]),
    ).toEqual([
      [120, 3],
      [30, 8],
    ]);
  });

  it('leave the retention alone, on which the inbox counts (R14)', () => {
    const queue = { retentionSeconds: 60, fifo: true } as const;
    const changed: ServiceDefinition = { ...books, queue };

    expect(resourcesOf({ name: 'shop', services: [changed] }).queues).toMatchObject([
      { retentionSeconds: 345_600, deadLetterRetentionSeconds: 1_209_600 },
    ]);
  });

  it('refuse what SQS and SNS refuse, and what would lose messages (R20)', () => {
    for (const queue of [
      { fifo: true, fair: true },
      { visibilityTimeoutSeconds: 0 },
      { visibilityTimeoutSeconds: 43_201 },
      { maxReceiveCount: 2 },
      { maxReceiveCount: 1_001 },
      { maxReceiveCount: 3.5 },
    ])
      expect(() => service({ name: 'books', queue })).toThrow(DefinitionError);
    for (const maxMessageBytes of [1_023, 1_048_577, 2_000.5])
      expect(() => service({ name: 'orders', topic: { maxMessageBytes } })).toThrow(DefinitionError);
  });

  it('refuse a FIFO queue that hears a topic which is not FIFO', () => {
    const unordered = defineService({ name: 'orders', publishes: [Placed] });

    expect(() => join(unordered, books)).toThrow(
      'books hears orders.placed.v1 on a FIFO queue: the topic of orders must be FIFO too',
    );
  });

  it('refuse a name that is too long for a queue', () => {
    const name = 'a'.repeat(40);
    const command = defineCommand({ owner: name, name: 'go', version: 1, description: 'Go.', data });
    const long = defineService({ name, handles: [command] });

    expect(() => defineTopology('b'.repeat(40), [long])).toThrow('longer than the 80 characters');
    expect(() => defineTopology('b'.repeat(35), [long])).not.toThrow();
    expect(() =>
      defineTopology('b'.repeat(35), [defineService({ name, handles: [command], queue: { fifo: true } })]),
    ).toThrow('longer than the 80 characters');
  });
});
