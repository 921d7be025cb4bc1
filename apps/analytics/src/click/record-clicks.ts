import { type Click, type Clicks, clickEvents } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { PoisonRecordsError, type StreamBatch } from '@lethe/streaming';
import { PostgresCheckpoints } from '@lethe/streaming/postgres';
import { LakeLog } from '../lake/lake-log.js';
import { VisitorSketches } from '../visitor/visitor-sketches.js';
import { noteEvents } from '../window/note-events.js';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RECORD_CLICKS, type RecordedClicks } from './click.sql.js';
import { isStorable } from './judge-clicks.js';

/** A batch of the stream; without a position it is counted without a checkpoint. */
export type ClickBatch = Pick<StreamBatch<typeof Clicks>, 'shardId' | 'records'> &
  Partial<Pick<StreamBatch<typeof Clicks>, 'stream' | 'fence' | 'position'>>;

/** Counts the clicks of a batch that were not counted before. Throws a PoisonRecordsError for what cannot be kept. */
export class RecordClicks extends Command<void> {
  constructor(readonly batch: ClickBatch) {
    super();
  }
}

@CommandHandler(RecordClicks)
export class RecordClicksHandler implements ICommandHandler<RecordClicks> {
  constructor(
    private readonly database: Database,
    private readonly lake: LakeLog,
    private readonly sketches: VisitorSketches,
    private readonly checkpoints: PostgresCheckpoints,
  ) {}

  /**
   * The checkpoint moves in the transaction of the effects, so a batch that comes again has none (R23); the id of the
   * event tells what its client has sent twice (C8).
   */
  async execute({ batch }: RecordClicks): Promise<void> {
    const unkept = batch.records.filter(({ data }) => !isStorable(data));
    if (unkept.length > 0) throw new PoisonRecordsError(unkept, 'contains U+0000');
    const { stream, shardId, fence, position } = batch;
    await this.database.transaction(async (tx) => {
      if (stream !== undefined && fence !== undefined && position) {
        await this.checkpoints.advance(tx, { stream, shardId, fence, position });
      }
      const clicks = batch.records.map(({ data }) => data);
      if (clicks.length > 0) await this.#count(tx, clicks);
    });
  }

  async #count(tx: Tx, clicks: readonly Click[]): Promise<void> {
    const [recorded] = await tx.query<RecordedClicks>(RECORD_CLICKS, columnsOf(clicks));
    const fresh = firstOf(clicks, recorded?.ids ?? null);
    const times = fresh.map(({ at }) => new Date(at));
    await Promise.all([
      this.lake.append(tx, clickEvents(fresh)),
      noteEvents(tx, { source: 'clicks', times, duplicates: clicks.length - fresh.length }),
    ]);
    await this.sketches.fold(tx, times);
  }
}

/** Those that have the ids, all for null; of an event that a batch has twice the first, as the table keeps it. */
function firstOf(clicks: readonly Click[], ids: readonly string[] | null): readonly Click[] {
  if (ids === null) return clicks;
  const left = new Set(ids);
  return clicks.filter(({ id }) => left.delete(id));
}

function columnsOf(clicks: readonly Click[]): unknown[] {
  return [
    clicks.map(({ id }) => id),
    clicks.map(({ type }) => type),
    clicks.map(({ at }) => new Date(at).toISOString()),
    clicks.map(({ sessionId }) => sessionId),
    clicks.map(({ productId }) => productId ?? null),
  ];
}
