import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { pause } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { defineCommand, defineService, defineTopology, resourcesOf } from '@lethe/topology';
import fc from 'fast-check';
import { z } from 'zod';
import { MessagePublisher } from '../../src/publisher.js';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';
import type { FaultRates } from '../../src/testing/faults.js';

const data = z.object({ n: z.int(), filling: z.string() });
const define = <const Owner extends string>(owner: Owner) =>
  defineCommand({ owner, name: 'note', version: 1, description: 'A note.', data });
const Ordered = define('ordered');
const Loose = define('loose');
const writer = defineService({ name: 'writer', sends: [Ordered, Loose] });
const ordered = defineService({ name: 'ordered', handles: [Ordered], queue: { fifo: true } });
const loose = defineService({ name: 'loose', handles: [Loose] });
const topology = defineTopology('notes', [writer, ordered, loose]);

const BUCKET = 'claims';
/** Of a message; what is larger goes by claim check. */
const MAX_BYTES = 100_000;

interface PlannedEntry {
  readonly fifo: boolean;
  readonly group: string;
  /** Bytes, roughly. */
  readonly size: number;
}

/** Calls of a publisher, one after another: alone or with others in a batch. */
interface PlannedCall {
  readonly afterMs: number;
  readonly entries: readonly PlannedEntry[];
}

/** What is published, and what goes wrong for how long. */
export interface Publishing {
  readonly seed: number;
  readonly calls: readonly PlannedCall[];
  readonly faults: FaultRates;
  readonly maxPending: number;
}

/** What became of one entry. */
export interface Published {
  readonly id: string;
  readonly fifo: boolean;
  readonly group: string;
  readonly error: Error | undefined;
}

export interface PublishingReport {
  /** In the order in which they were issued. */
  readonly published: readonly Published[];
  /** Ids in the two queues, in order of arrival. */
  readonly arrived: readonly string[];
  /** Messages that refer to data which is not in S3. */
  readonly dangling: readonly string[];
}

const entry = fc.record({
  fifo: fc.boolean(),
  group: fc.constantFrom('a', 'b', 'c'),
  size: fc.oneof(
    { weight: 8, arbitrary: fc.constant(10) },
    { weight: 1, arbitrary: fc.integer({ max: 400_000, min: 1 }) },
  ),
});
const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.4, noNaN: true }));

/** Random publishings. */
export const publishings: fc.Arbitrary<Publishing> = fc.record({
  seed: fc.nat(),
  calls: fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
      entries: fc.oneof(fc.array(entry, { minLength: 1, maxLength: 1 }), fc.array(entry, { maxLength: 25 })),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  faults: fc.record({ throttle: rate, lostRequest: rate, lostResponse: rate, slow: rate, partialBatch: rate }),
  maxPending: fc.integer({ min: 1, max: 40 }),
});

/** Publishes in virtual time, waiting for no answer before the next call. Fails where a promise never ends. */
export async function publish({ seed, calls, faults, maxPending }: Publishing): Promise<PublishingReport> {
  const time = new VirtualTime({ seed });
  const simulator = new AwsSimulator({ time, seed, latencyMs: { min: 1, max: 60 }, slowMs: 3_000 });
  const { queues } = resourcesOf(topology);
  await simulator.createBucket(BUCKET);
  for (const { name, fifo } of queues) {
    const Attributes = { MaximumMessageSize: String(MAX_BYTES), ...(fifo && { FifoQueue: 'true' }) };
    await time.run(simulator.clients.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes })));
  }
  simulator.faults.setRates(faults);
  const options = { topology, clients: simulator.clients, accountId: simulator.accountId, timers: time };
  const claimCheck = { bucket: BUCKET, prefix: '' };
  const publisher = new MessagePublisher({ ...options, claimCheck, maxPending: { entries: maxPending } });
  const published: Promise<Published>[] = [];
  const work = async (): Promise<void> => {
    for (const { afterMs, entries } of calls) {
      if (afterMs > 0) await pause(afterMs, undefined, time);
      published.push(...call(publisher, entries, published.length));
    }
  };
  await time.run(work());
  const results = await time.run(Promise.all(published));
  const messages = queues.flatMap(({ name }) => simulator.messages(name).map(({ body }) => envelopeIn(body)));
  const keys = new Set(simulator.keys(BUCKET).map((key) => `s3://${BUCKET}/${key}`));
  return {
    published: results,
    arrived: messages.map(({ id }) => id),
    dangling: messages.filter(({ dataref }) => dataref !== undefined && !keys.has(dataref)).map(({ id }) => id),
  };
}

function envelopeIn(body: string): { readonly id: string; readonly dataref?: string } {
  return JSON.parse(body) as { id: string; dataref?: string };
}

/** One call: `publish` for one entry, `publishBatch` for more. */
function call(publisher: MessagePublisher, entries: readonly PlannedEntry[], from: number): Promise<Published>[] {
  const prepared = entries.map(({ fifo, group, size }, at) => {
    const id = `${from + at}`;
    const definition = fifo ? Ordered : Loose;
    const body = JSON.stringify({ id, subject: group, data: { n: from + at, filling: 'x'.repeat(size) } });
    return { id, definition, body };
  });
  const [first] = prepared;
  const outcomes: Promise<(Error | undefined)[]> =
    prepared.length === 1 && first
      ? publisher.publish(first).then(
          () => [undefined],
          (error: Error) => [error],
        )
      : publisher.publishBatch(prepared).then((results) => results.map(({ error }) => error));
  return entries.map(async ({ fifo, group }, at) => {
    return { id: `${from + at}`, fifo, group, error: (await outcomes)[at] };
  });
}
