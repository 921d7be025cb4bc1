import { type Click, Clicks, type EnrichedClick } from '@lethe/contracts';
import { type ShardRecord, shardRecordsOf } from '../events/stream-batch.js';
import { type BatchResponse } from '../events/queue-batch.js';
import { logFailure } from '../log.js';
import { decodeRecord, userRecords } from '@lethe/streaming/codec';
import { type KnownProducts } from './known-products.js';
import { wavesOf } from './waves.js';

/** What the enrichment needs. */
export interface EnrichmentParts {
  readonly products: Pick<KnownProducts, 'find'>;
  /** Writes clicks of different sessions at once; answers, for each, whether it was taken. */
  readonly write: (clicks: readonly EnrichedClick[]) => Promise<readonly boolean[]>;
}

/** A click, and the record of the shard in which it came. */
interface Enriched {
  readonly record: number;
  readonly click: EnrichedClick;
}

/**
 * Gives the clicks of a batch what the catalogue knows of their products and writes them on, in order per session. Names
 * the first record that could not be read, enriched or written (R23): the event source mapping goes on there, so what was
 * written beyond it comes twice, with the id of the click.
 */
export async function enrichClicks(event: unknown, parts: EnrichmentParts): Promise<BatchResponse> {
  const records = shardRecordsOf(event);
  const { enriched, failed: unread } = await enrich(records, parts.products);
  const unwritten = await writeInOrder(enriched, parts.write);
  const first = Math.min(unread ?? Infinity, unwritten ?? Infinity);
  const failed = records[first];
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed.sequenceNumber }] };
}

/** The clicks of all records before the first that cannot be enriched. */
async function enrich(
  records: readonly ShardRecord[],
  products: EnrichmentParts['products'],
): Promise<{ enriched: Enriched[]; failed: number | undefined }> {
  const attempts = records.map(async (record) => {
    try {
      return await Promise.all(clicksOf(record).map((click) => enrichedClick(click, products)));
    } catch (error) {
      logFailure('click-not-enriched', { sequenceNumber: record.sequenceNumber }, error);
      return undefined;
    }
  });
  const clicks = await Promise.all(attempts);
  const at = clicks.indexOf(undefined);
  const good = at < 0 ? clicks : clicks.slice(0, at);
  const enriched = good.flatMap((list, record) => (list ?? []).map((click) => ({ record, click })));
  return { enriched, failed: at < 0 ? undefined : at };
}

/** The clicks in a record, several where a producer packed them. Throws a RecordFormatError. */
function clicksOf({ sequenceNumber, partitionKey, bytes }: ShardRecord): Click[] {
  const raw = { SequenceNumber: sequenceNumber, PartitionKey: partitionKey, Data: bytes };
  return userRecords(raw).map((packed) => decodeRecord(Clicks, packed.bytes).data);
}

async function enrichedClick(click: Click, products: EnrichmentParts['products']): Promise<EnrichedClick> {
  return click.productId === undefined ? click : { ...click, product: await products.find(click.productId) };
}

/** The first record of which something was not written; undefined where all was. */
async function writeInOrder(
  enriched: readonly Enriched[],
  write: EnrichmentParts['write'],
): Promise<number | undefined> {
  const done = new Set<number>();
  for (const wave of wavesOf(enriched, ({ click }) => click.sessionId)) {
    const taken = await attempt(() => write(wave.map(({ item }) => item.click)), wave.length);
    wave.forEach(({ index }, at) => taken[at] === true && done.add(index));
    if (taken.includes(false)) break;
  }
  return enriched.find((_, index) => !done.has(index))?.record;
}

/** A stream that cannot be reached took nothing. */
async function attempt(write: () => Promise<readonly boolean[]>, count: number): Promise<readonly boolean[]> {
  try {
    return await write();
  } catch (error) {
    logFailure('clicks-not-written', { count }, error);
    return Array.from({ length: count }, () => false);
  }
}
