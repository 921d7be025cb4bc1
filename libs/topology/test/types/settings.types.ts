// Read by the compiler, never run: every line under an @ts-expect-error must fail to compile, and every other one compile.
import { z } from 'zod';
import { defineCommand, defineEvent, defineService, defineTopology } from '../../src/index.js';

const data = z.object({ orderId: z.string() });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: '', data });
const Book = defineCommand({ owner: 'books', name: 'book', version: 1, description: '', data });

const ordered = defineService({ name: 'orders', publishes: [Placed], topic: { fifo: true } });
const unordered = defineService({ name: 'orders', publishes: [Placed] });
const large = defineService({ name: 'orders', publishes: [Placed], topic: { maxMessageBytes: 1_048_576 } });
const books = defineService({ name: 'books', handles: [Placed], queue: { fifo: true } });
const mail = defineService({ name: 'mail', handles: [Placed], queue: { fair: true } });

// A FIFO queue hears FIFO topics alone; a standard queue hears both kinds.
defineTopology('shop', [ordered, books]);
defineTopology('shop', [ordered, mail]);
defineTopology('shop', [unordered, mail]);
// @ts-expect-error the topic of orders is not FIFO
defineTopology('shop', [unordered, books]);
// @ts-expect-error a larger message does not make it FIFO
defineTopology('shop', [large, books]);

// Commands come straight to the queue.
defineTopology('shop', [defineService({ name: 'books', handles: [Book], queue: { fifo: true } })]);

// @ts-expect-error a queue is FIFO or fair
defineService({ name: 'books', handles: [Book], queue: { fifo: true, fair: true } });
// @ts-expect-error standard is what a queue is if nothing is said
defineService({ name: 'books', handles: [Book], queue: { fifo: false } });

// What a service does not say it does not do, wherever it is declared.
defineTopology('shop', [defineService({ name: 'orders', publishes: [Placed] }), defineService({ name: 'quiet' })]);
// @ts-expect-error nobody publishes orders.placed.v1
defineTopology('shop', [defineService({ name: 'mail', handles: [Placed] }), defineService({ name: 'quiet' })]);
// @ts-expect-error the topic of orders is not FIFO
defineTopology('shop', [defineService({ name: 'orders', publishes: [Placed] }), books]);
