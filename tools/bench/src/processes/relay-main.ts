import { SendMeter, type SendMeasurement } from '../measure/send-meter.js';
import { Work, benchTopology } from '../topology.js';
import type { RelayJob } from './job.js';
import { type OutboxStack, type Publisher, openDatabase, publisherOf, stackOn } from './outbox.js';
import { work } from './report.js';

// Entry of the process that fills an outbox and lets relays empty it.

const ROWS_AT_ONCE = 1_000;
/** Aggregates that the messages tell of: those of one leave in their order. */
const KEYS = 500;

async function fill({ database, outbox }: OutboxStack, count: number): Promise<void> {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, at) =>
      outbox.row(Work, { n: from + at }, { key: `key-${(from + at) % KEYS}` }),
    );
    await database.transaction((tx) => outbox.addAll(tx, rows));
  }
}

async function relay({ databaseUrl, topology: name, relays, window }: RelayJob): Promise<SendMeasurement> {
  const database = await openDatabase(databaseUrl);
  await fill(stackOn(database, { publishBatch: () => Promise.resolve([]) }), window.warmUp + window.measured);
  await database.close();
  const meter = new SendMeter(window);
  const publisher = publisherOf(benchTopology(name), meter);
  const metered: Publisher = {
    publishBatch: async (entries) => {
      const results = await publisher.publishBatch(entries);
      meter.sent(results.filter(({ error }) => error === undefined).length);
      return results;
    },
  };
  const stacks = await Promise.all(
    Array.from({ length: relays }, async () => stackOn(await openDatabase(databaseUrl), metered)),
  );
  for (const stack of stacks) stack.relay.start();
  return meter.measurement;
}

await work(relay);
