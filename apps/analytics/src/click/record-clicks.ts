import type { Click, Clicks } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import type { StreamBatch } from '@lethe/streaming';
import { LakeLog } from '../lake/lake-log.js';
import { clickEvents } from '../lake/click-events.js';
import { VisitorSketches } from '../visitor/visitor-sketches.js';
import { noteEvents } from '../window/note-events.js';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PARK_CLICKS, RECORD_CLICKS } from './click.sql.js';
import { isStorable } from './judge-clicks.js';

/** Counts the clicks of a batch that were not counted before, and parks what is no click. */
export class RecordClicks extends Command<void> {
  constructor(readonly batch: Pick<StreamBatch<typeof Clicks>, 'shardId' | 'records' | 'invalid'>) {
    super();
  }
}

interface Parked {
  readonly sequenceNumber: string;
  readonly reason: string;
  readonly body: Uint8Array;
}

@CommandHandler(RecordClicks)
export class RecordClicksHandler implements ICommandHandler<RecordClicks> {
  constructor(
    private readonly database: Database,
    private readonly lake: LakeLog,
    private readonly sketches: VisitorSketches,
  ) {}

  /** The id of the event makes each effect happen once (R23, C8): records come again after a crash or a hand-over. */
  async execute({ batch: { shardId, records, invalid } }: RecordClicks): Promise<void> {
    const clicks = records.filter(({ data }) => isStorable(data)).map(({ data }) => data);
    const parked: Parked[] = [
      ...invalid.map(({ sequenceNumber, bytes, error }) => ({ sequenceNumber, reason: error.message, body: bytes })),
      ...records
        .filter(({ data }) => !isStorable(data))
        .map(({ sequenceNumber, data }) => ({
          sequenceNumber,
          reason: 'contains U+0000',
          body: Buffer.from(JSON.stringify(data)),
        })),
    ];
    await this.database.transaction(async (tx) => {
      if (parked.length > 0) await tx.query(PARK_CLICKS, [shardId, ...columnsOfParked(parked)]);
      if (clicks.length > 0) await this.#count(tx, clicks);
    });
  }

  async #count(tx: Tx, clicks: readonly Click[]): Promise<void> {
    const inserted = await tx.query<{ id: string }>(RECORD_CLICKS, columnsOf(clicks));
    const ids = new Set(inserted.map(({ id }) => id));
    // The first of a batch that has an event twice, as the table keeps it.
    const fresh = clicks.filter(({ id }) => ids.delete(id));
    const times = fresh.map(({ at }) => new Date(at));
    await Promise.all([
      this.lake.append(tx, clickEvents(fresh)),
      noteEvents(tx, { source: 'clicks', times, duplicates: clicks.length - fresh.length }),
    ]);
    await this.sketches.fold(tx, times);
  }
}

function columnsOf(clicks: readonly Click[]): unknown[] {
  return [
    clicks.map(({ id }) => id),
    clicks.map(({ type }) => type),
    clicks.map(({ at }) => new Date(at)),
    clicks.map(({ sessionId }) => sessionId),
    clicks.map(({ productId }) => productId ?? null),
  ];
}

function columnsOfParked(parked: readonly Parked[]): unknown[] {
  return [
    parked.map(({ sequenceNumber }) => sequenceNumber),
    parked.map(({ reason }) => reason.replaceAll('\u0000', '')),
    parked.map(({ body }) => Buffer.from(body)),
  ];
}
