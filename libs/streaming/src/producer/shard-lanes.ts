import { hashKeyDigits, hashKeyOf } from '../kpl/hash-key.js';
import type { Parcel } from './parcel.js';
import type { PendingRecord } from './pending-record.js';
import type { ProducerSettings } from './producer-options.js';
import { type Ready, ShardLane } from './shard-lane.js';
import type { OpenShard, ShardMap } from './shard-map.js';

const MIB = 1_048_576;
/** PutRecords: records of one request (Kinesis API reference). */
const MAX_REQUEST_RECORDS = 500;
/** PutRecords: bytes of one request, partition keys included (Kinesis API reference). */
const MAX_REQUEST_BYTES = 5 * MIB;

/** What is ready and goes without waiting for more: by then a request costs little beside its bytes. */
const ENOUGH_BYTES = MIB;

/** A parcel on its way, and where it came from. */
export interface Shipment {
  readonly parcel: Parcel;
  readonly lane: ShardLane;
}

/** A lane for each open shard, as of one look at the stream. */
export class ShardLanes {
  readonly #ready: Ready = { parcels: 0, bytes: 0 };
  readonly #lanes: readonly ShardLane[];
  #turn = 0;

  constructor(
    private readonly map: ShardMap,
    settings: ProducerSettings,
  ) {
    this.#lanes = map.shards.map((shard) => new ShardLane(shard, settings, this.#ready));
  }

  /** Whether there is enough for a request. */
  get enough(): boolean {
    return this.#ready.parcels >= MAX_REQUEST_RECORDS || this.#ready.bytes >= ENOUGH_BYTES;
  }

  shardOf({ record: { partitionKey, explicitHashKey } }: PendingRecord): OpenShard | undefined {
    return this.map.shards[this.map.placeOf(hashKeyOf(partitionKey, explicitHashKey))];
  }

  /** True where it is the first of those that will go together. */
  add(pending: PendingRecord): boolean {
    const { partitionKey, explicitHashKey } = pending.record;
    if (explicitHashKey !== undefined)
      return this.#lanes[this.map.placeOf(hashKeyDigits(explicitHashKey))]?.add(pending) ?? false;
    const key = this.map.keyOf(partitionKey);
    return this.#lanes[key.place]?.add(pending, key) ?? false;
  }

  /**
   * Takes out what goes in one request, from each shard in turn, and says in how many milliseconds there may be more. What
   * is still being packed goes if it was begun no later than `openedBefore`.
   */
  take(now: number, openedBefore: number): { readonly shipments: readonly Shipment[]; readonly wait: number } {
    const shipments: Shipment[] = [];
    let room = MAX_REQUEST_BYTES;
    let wait = Infinity;
    this.#turn = (this.#turn + 1) % this.#lanes.length;
    for (const lane of [...this.#lanes.slice(this.#turn), ...this.#lanes.slice(0, this.#turn)]) {
      let next = lane.next(now, openedBefore, shipments.length === 0 ? Infinity : room);
      while (typeof next === 'object') {
        shipments.push({ parcel: next, lane });
        room -= next.size;
        if (shipments.length === MAX_REQUEST_RECORDS) return { shipments, wait: 0 };
        next = lane.next(now, openedBefore, room);
      }
      wait = Math.min(wait, next);
    }
    return { shipments, wait };
  }

  /** Everything that has not gone, or has to go again. */
  drain(): PendingRecord[] {
    return this.#lanes.flatMap((lane) => lane.drain());
  }
}
