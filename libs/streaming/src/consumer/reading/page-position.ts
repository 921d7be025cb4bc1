import type { _Record } from '@aws-sdk/client-kinesis';
import type { Clock } from '@lethe/kernel';
import { InvalidCheckpointError } from '../../streaming.errors.js';
import type { Position } from '../leases/checkpoint.js';
import { type UserRecord, mayBePacked, userRecords } from '../../kpl/user-record.js';
import type { SourceShard } from './record-source.js';
import { type ShardRanges, isWhole, rangeCheck } from './shard-ranges.js';
import { isAfter } from './start-position.js';

/** Milliseconds by which clocks may differ (R36). */
const SKEW_MS = 5 * 60_000;
const NONE = new Uint8Array();

type Start = Exclude<Position, { readonly kind: 'end' }>;

export interface Passed {
  readonly records: readonly UserRecord[];
  readonly bytes: number;
}

/** How far a shard has been read, whatever has been handled of it. */
export class PagePosition {
  #position: Start;

  /** Throws an InvalidCheckpointError where the shard has been read to its end. */
  constructor(
    private readonly shard: SourceShard,
    private readonly ranges: ShardRanges,
    private readonly clock: Clock,
  ) {
    if (shard.from.kind === 'end') throw new InvalidCheckpointError(shard.shardId, 'SHARD_END');
    this.#position = shard.from;
  }

  /** Where to go on. Who began at the latest record and goes on without having read one must not skip what came since. */
  goOn(): Start {
    const position = this.#position;
    if (position.kind === 'latest') {
      this.#position = { kind: 'at-timestamp', at: new Date(this.clock.now() - SKEW_MS) };
    }
    return position;
  }

  /**
   * Passes what was read: gives the records in it, in their order, without what lies before the position, and without
   * packed records that belong to another shard. Goes on after `continuation`, or else after the last of them. Throws
   * the SDK's errors; then nothing has been passed.
   */
  async pass(read: readonly _Record[], continuation?: string): Promise<Passed> {
    const from = this.#position;
    let records: UserRecord[] = [];
    let bytes = 0;
    let packed = false;
    // One object per record: this loop is most of what reading costs beside the SDK.
    for (const raw of read) {
      const { Data = NONE, PartitionKey = '', SequenceNumber = '' } = raw;
      bytes += Data.length + Buffer.byteLength(PartitionKey);
      if (mayBePacked(Data)) {
        for (const record of userRecords(raw)) records.push(record);
        packed = true;
      } else {
        records.push({
          sequenceNumber: SequenceNumber,
          arrivedAt: raw.ApproximateArrivalTimestamp,
          checkpoint: SequenceNumber,
          partitionKey: PartitionKey,
          bytes: Data,
        });
      }
    }
    // A place within packed records: the whole record was read again, and those before the place are passed over.
    if (from.kind === 'after' && from.subSequenceNumber !== undefined) {
      records = records.filter((record) => isAfter(record, from));
    }
    if (packed) records = await this.#inRange(records);
    const sequenceNumber = continuation ?? read.at(-1)?.SequenceNumber;
    if (sequenceNumber !== undefined) this.#position = { kind: 'after', sequenceNumber };
    return { records, bytes };
  }

  async #inRange(records: UserRecord[]): Promise<UserRecord[]> {
    const range = await this.ranges.of(this.shard);
    if (!range || isWhole(range)) return records;
    const check = rangeCheck(range);
    const own = records.filter(
      ({ subSequenceNumber, partitionKey, explicitHashKey }) =>
        subSequenceNumber === undefined || check(partitionKey, explicitHashKey),
    );
    const { shardId, onEvent } = this.shard;
    const dropped = records.length - own.length;
    if (dropped > 0) onEvent({ type: 'out-of-range', shardId, records: dropped });
    return own;
  }
}
