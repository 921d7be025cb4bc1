import { fullJitter } from '@lethe/kernel';
import { RecordRefusedError } from '../streaming.errors.js';
import type { Parcel } from './parcel.js';
import type { PendingRecord } from './pending-record.js';
import type { ProducerSettings } from './producer-options.js';
import { type Outcome, putParcels } from './put-parcels.js';
import { type Shipment, ShardLanes } from './shard-lanes.js';
import { ShardMap } from './shard-map.js';
import { Wake } from './wake.js';

const BACKOFF = { base: 25, cap: 1_000 } as const;

type Taken = Extract<Outcome, { type: 'taken' }>;
type Refused = Extract<Outcome, { type: 'refused' }>;

/** Brings records into their shards: in requests across all of them, and again what was refused. */
export class Shipping {
  #lanes: ShardLanes | undefined;
  /** Waits for the shards to be known. */
  #unplaced: PendingRecord[] = [];
  /** In a shard that was not expected. */
  #misplaced: { readonly parcel: Parcel; readonly place: Taken }[] = [];
  #survey: 'none' | 'due' | 'running' = 'due';
  #inFlight = 0;
  #hurries = 0;
  readonly #wake: Wake;

  constructor(
    private readonly settings: ProducerSettings,
    /** A record is settled, and no longer held. */
    private readonly onSettled: (record: PendingRecord) => void,
  ) {
    this.#wake = new Wake(settings.timers, () => this.#send());
  }

  add(record: PendingRecord): void {
    if (!this.#lanes || this.#survey !== 'none') {
      this.#unplaced.push(record);
      this.#send();
      return;
    }
    const first = this.#lanes.add(record);
    if (this.#hurries > 0 || this.#lanes.enough) this.#send();
    else if (first) this.#wake.within(this.settings.lingerMs);
  }

  /** Nothing waits for company until `calm` is called as often. */
  hurry(): void {
    this.#hurries += 1;
    this.#send();
  }

  calm(): void {
    this.#hurries -= 1;
  }

  #send(): void {
    // What goes before a survey that is due may belong elsewhere; in order it may not overtake what is under way.
    const wanted = this.#lanes !== undefined || this.#unplaced.length > 0;
    if (wanted && this.#survey === 'due' && this.#inFlight === 0) void this.#look();
    while (this.#survey === 'none' && this.#lanes && this.#inFlight < this.settings.maxInFlight) {
      const now = this.settings.timers.monotonic();
      // What has lingered half as long goes with what is due: fewer requests, and most of the packing is done.
      const openedBefore = this.#hurries > 0 ? Infinity : now - this.settings.lingerMs / 2;
      const { shipments, wait } = this.#lanes.take(now, openedBefore);
      if (shipments.length === 0) {
        if (wait < Infinity) this.#wake.within(wait);
        return;
      }
      this.#inFlight += 1;
      void this.#request(shipments);
    }
  }

  /** Sends one request and settles what is final; never rejects. */
  async #request(shipments: readonly Shipment[]): Promise<void> {
    const parcels = shipments.map(({ parcel }) => parcel);
    try {
      const outcomes = await putParcels(this.settings.clients.kinesis, this.settings.stream, parcels);
      this.#tell(parcels, outcomes);
      // One for all, so that what was refused together goes together.
      const chance = this.settings.random();
      const now = this.settings.timers.monotonic();
      const again = (failures: number): number => now + fullJitter(failures, BACKOFF, () => chance);
      for (const [at, shipment] of shipments.entries()) {
        const outcome = outcomes[at];
        if (outcome?.type === 'taken') this.#taken(shipment, outcome);
        else if (outcome) this.#refused(shipment, outcome, again);
      }
    } catch (error) {
      // A request that fails as a whole was already retried by the SDK: its records are given up at once (R05).
      for (const { parcel, lane } of shipments) {
        for (const record of parcel.records) this.#failed(record, error);
        lane.done(parcel);
      }
    }
    this.#inFlight -= 1;
    this.#send();
  }

  #tell(parcels: readonly Parcel[], outcomes: readonly Outcome[]): void {
    this.settings.onEvent({
      type: 'sent',
      kinesisRecords: parcels.length,
      records: parcels.reduce((sum, { records }) => sum + records.length, 0),
      bytes: parcels.reduce((sum, { size }) => sum + size, 0),
      refused: outcomes.filter(({ type }) => type === 'refused').length,
    });
  }

  #taken({ parcel, lane }: Shipment, place: Taken): void {
    lane.done(parcel);
    if (place.shardId === lane.shard.shardId || !parcel.packed) this.#settle(parcel, place);
    else this.#misplaced.push({ parcel, place });
    if (place.shardId !== lane.shard.shardId) this.#survey = 'due';
  }

  #settle({ records, packed }: Parcel, { shardId, sequenceNumber }: Taken): void {
    for (let at = 0; at < records.length; at += 1) {
      const record = records[at];
      if (record) this.#settled(record, shardId, sequenceNumber, packed ? at : undefined);
    }
  }

  /** Only what was refused goes again (R23), after full jitter. */
  #refused({ parcel, lane }: Shipment, { code, detail }: Refused, again: (failures: number) => number): void {
    for (const record of parcel.records) record.failures += 1;
    const failures = Math.max(...parcel.records.map((record) => record.failures));
    if (failures < this.settings.maxAttempts) {
      lane.again(parcel, again(failures));
      return;
    }
    const error = new RecordRefusedError(code, failures, detail);
    for (const record of parcel.records) this.#failed(record, error);
    lane.done(parcel);
  }

  /** Asks for the shards, while nothing is under way, and begins anew with them. Never rejects. */
  async #look(): Promise<void> {
    this.#survey = 'running';
    const { clients, stream } = this.settings;
    try {
      const map = await ShardMap.load(clients.kinesis, stream);
      this.#begin(new ShardLanes(map, this.settings));
    } catch (error) {
      this.#giveUp(error);
    }
    this.#send();
  }

  /** Everything again, in the order in which it was put. */
  #begin(lanes: ShardLanes): void {
    const strays = this.#misplaced.flatMap(({ parcel, place }) => this.#straysIn(parcel, place, lanes));
    const records = [...strays, ...(this.#lanes?.drain() ?? []), ...this.#unplaced];
    if (this.#misplaced.length > 0) this.settings.onEvent({ type: 'resharded', records: strays.length });
    this.#misplaced = [];
    this.#unplaced = [];
    this.#lanes = lanes;
    this.#survey = 'none';
    records.sort((a, b) => a.turn - b.turn);
    for (const record of records) if (lanes.add(record)) this.#wake.within(this.settings.lingerMs);
  }

  /**
   * Packed records that came to lie in a shard which is not theirs. Readers pass them over, as the KCL does: they go
   * again. The others in the parcel are where they belong.
   */
  #straysIn({ records }: Parcel, { shardId, sequenceNumber }: Taken, lanes: ShardLanes): PendingRecord[] {
    return records.filter((record, subSequenceNumber) => {
      if (lanes.shardOf(record)?.shardId === shardId) {
        this.#settled(record, shardId, sequenceNumber, subSequenceNumber);
        return false;
      }
      record.failures += 1;
      if (record.failures < this.settings.maxAttempts) return true;
      this.#failed(record, new RecordRefusedError('WrongShard', record.failures, `it came to lie in ${shardId}`));
      return false;
    });
  }

  /** The shards are not to be known: what waits for them fails, and the next record asks again. */
  #giveUp(error: unknown): void {
    const waiting = [...this.#misplaced.flatMap(({ parcel }) => parcel.records), ...this.#unplaced];
    this.#misplaced = [];
    this.#unplaced = [];
    // With lanes that are out of date all else goes on: what strays tells of itself.
    this.#survey = this.#lanes ? 'none' : 'due';
    for (const record of waiting) this.#failed(record, error);
  }

  #settled(
    record: PendingRecord,
    shardId: string,
    sequenceNumber: string,
    subSequenceNumber: number | undefined,
  ): void {
    this.onSettled(record);
    record.waiter.taken(shardId, sequenceNumber, subSequenceNumber);
  }

  #failed(record: PendingRecord, error: unknown): void {
    this.onSettled(record);
    record.waiter.failed(error);
  }
}
