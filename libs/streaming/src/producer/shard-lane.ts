import { Aggregate, type PackedKey } from '../kpl/aggregate.js';
import { type Parcel, contentsOf, packedBytes, packedParcel, plainParcel } from './parcel.js';
import type { PendingRecord, Run } from './pending-record.js';
import type { ProducerSettings } from './producer-options.js';
import { ShardLimit } from './shard-limit.js';
import type { OpenShard } from './shard-map.js';

/** What all lanes together have ready: full, or not to be packed. */
export interface Ready {
  parcels: number;
  bytes: number;
}

/** How far a lane is searched for a key whose records may go. */
const LOOK_AHEAD = 1_000;

/** The order of whatever is packed: keys share parcels, so all of the shard go one after the other. */
const ONE_BY_ONE = '';

/** What waits for one shard, in the order in which it was put. */
export class ShardLane {
  #queue: Parcel[] = [];
  /** Of the queue, how many at the front have gone. */
  #gone = 0;
  #refused: Parcel[] = [];
  /** What is being packed: its memory is used again and again. */
  readonly #open = new Aggregate();
  #first: PendingRecord | undefined;
  #runs: Run[] = [];
  #failures = 0;
  #openedAt = 0;
  readonly #busy = new Set<string>();
  readonly #limit: ShardLimit | undefined;

  constructor(
    readonly shard: OpenShard,
    private readonly settings: Pick<
      ProducerSettings,
      'aggregation' | 'ordered' | 'shardLimits' | 'lingerMs' | 'timers'
    >,
    private readonly ready: Ready,
  ) {
    this.#limit = settings.shardLimits ? new ShardLimit(settings.shardLimits) : undefined;
  }

  /** Takes a record, with its key unless it has an explicit one; true where it is the first of those that will go together. */
  add(pending: PendingRecord, key?: PackedKey): boolean {
    const { aggregation, ordered } = this.settings;
    if (!aggregation || pending.size > aggregation.maxBytes) {
      this.#close();
      this.#push(plainParcel(pending, ordered ? this.#orderOf(pending) : undefined));
      return this.#queue.length - this.#gone === 1;
    }
    const maxBytes = packedBytes(aggregation.maxBytes);
    const full = this.#open.count >= aggregation.maxRecords || !this.#open.tryAdd(pending.record, maxBytes, key);
    if (full) {
      this.#close();
      this.#open.tryAdd(pending.record, maxBytes, key);
    }
    this.#remember(pending);
    return this.#open.count === 1;
  }

  /**
   * Takes out the next parcel that may go, or says in how many milliseconds there may be one; for ever, if only once
   * another has come back. What is still being packed goes if it was begun no later than `openedBefore`.
   */
  next(now: number, openedBefore: number, room: number): Parcel | number {
    const wait = this.#refused.reduce((least, { notBefore }) => Math.min(least, notBefore - now), Infinity);
    const refused = wait <= 0 ? this.#refused.findIndex(({ notBefore }) => notBefore <= now) : -1;
    if (refused === -1 && this.#open.count > 0 && this.#openedAt <= openedBefore && this.#queue.length === this.#gone) {
      // Behind one that is under way it goes on filling.
      if (this.#mayGo(this.settings.ordered ? ONE_BY_ONE : undefined)) this.#close();
    }
    const place = refused === -1 ? this.#placeOfNext() : -1;
    const parcel = this.#refused[refused] ?? this.#queue[place];
    if (!parcel) return Math.min(wait, this.#lingers(now));
    if (parcel.size > room) return 0;
    const limited = this.#limit?.waitFor(parcel.size, now) ?? 0;
    if (limited > 0) return Math.min(wait, limited);
    if (refused === -1) this.#take(place);
    else this.#refused.splice(refused, 1);
    this.#limit?.take(parcel.size);
    if (parcel.order !== undefined) this.#busy.add(parcel.order);
    return parcel;
  }

  /** A parcel is settled: what has to come behind it may go. */
  done({ order }: Parcel): void {
    if (order !== undefined) this.#busy.delete(order);
  }

  /** A parcel was refused and goes again from `notBefore` on; what has to come behind it goes on waiting. */
  again(parcel: Parcel, notBefore: number): void {
    this.#refused.push(Object.assign(parcel, { notBefore }));
  }

  /** Everything that has not gone, or has to go again. */
  drain(): PendingRecord[] {
    this.#close();
    const parcels = [...this.#refused, ...this.#queue.slice(this.#gone)];
    for (const { size } of this.#queue.slice(this.#gone)) this.#unready(size);
    this.#refused = [];
    this.#queue = [];
    this.#gone = 0;
    return parcels.flatMap(contentsOf);
  }

  #orderOf({ record }: PendingRecord): string {
    return this.settings.aggregation ? ONE_BY_ONE : record.partitionKey;
  }

  #mayGo(order: string | undefined): boolean {
    return order === undefined || !this.#busy.has(order);
  }

  #lingers(now: number): number {
    if (this.#open.count === 0 || !this.#mayGo(this.settings.ordered ? ONE_BY_ONE : undefined)) return Infinity;
    return Math.max(0, this.#openedAt + this.settings.lingerMs - now);
  }

  /** Notes down who waits for the record that was just packed. */
  #remember(pending: PendingRecord): void {
    const { waiter, turn, size, failures } = pending;
    if (this.#open.count === 1) {
      this.#first = pending;
      this.#openedAt = this.settings.timers.monotonic();
    }
    if (failures > this.#failures) this.#failures = failures;
    const last = this.#runs.at(-1);
    if (last?.waiter === waiter) {
      last.count += 1;
      last.bytes += size;
    } else {
      this.#runs.push({ waiter, turn, count: 1, bytes: size });
    }
  }

  /** What is packed becomes a parcel. One record alone stays as it is, as with the KPL. */
  #close(): void {
    if (!this.#first) return;
    const order = this.settings.ordered ? ONE_BY_ONE : undefined;
    const about = { runs: this.#runs, order, failures: this.#failures };
    if (this.#open.count === 1) this.#push(plainParcel(this.#first, order));
    else this.#push(packedParcel(this.#open, this.shard.startingHashKey, about));
    this.#open.clear();
    this.#first = undefined;
    this.#runs = [];
    this.#failures = 0;
  }

  #push(parcel: Parcel): void {
    this.#queue.push(parcel);
    this.ready.parcels += 1;
    this.ready.bytes += parcel.size;
  }

  #unready(size: number): void {
    this.ready.parcels -= 1;
    this.ready.bytes -= size;
  }

  #placeOfNext(): number {
    const end = Math.min(this.#queue.length, this.#gone + LOOK_AHEAD);
    for (let place = this.#gone; place < end; place += 1) if (this.#mayGo(this.#queue[place]?.order)) return place;
    return -1;
  }

  #take(place: number): void {
    this.#unready(this.#queue[place]?.size ?? 0);
    if (place !== this.#gone) {
      this.#queue.splice(place, 1);
      return;
    }
    this.#gone += 1;
    // To take off the first of many costs as much as all the others together: only now and then.
    if (this.#gone * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#gone);
    this.#gone = 0;
  }
}
