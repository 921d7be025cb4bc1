import { fullJitter } from '@lethe/kernel';
import { RecordRefusedError } from '../streaming.errors.js';
import { type Parcel, contentsOf } from './parcel.js';
import type { PendingRecord, Run } from './pending-record.js';
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
    /** Records are settled, and no longer held. */
    private readonly onSettled: (run: Omit<Run, 'waiter'>) => void,
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
    // What there is to wait for is found out anew; a timer for nothing would keep the process alive.
    this.#wake.cancel();
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
        this.#failed(parcel, error);
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
      records: parcels.flatMap(({ runs }) => runs).reduce((sum, { count }) => sum + count, 0),
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

  #settle({ runs, packed }: Parcel, { shardId, sequenceNumber }: Taken): void {
    let place = 0;
    for (const run of runs) {
      this.onSettled(run);
      run.waiter.taken(shardId, sequenceNumber, packed ? place : undefined, run.count);
      place += run.count;
    }
  }

  #failed({ runs }: Pick<Parcel, 'runs'>, error: unknown): void {
    for (const run of runs) {
      this.onSettled(run);
      run.waiter.failed(error, run.count);
    }
  }

  /** Only what was refused goes again (R23), after full jitter. */
  #refused({ parcel, lane }: Shipment, { code, detail }: Refused, again: (failures: number) => number): void {
    parcel.failures += 1;
    if (parcel.failures < this.settings.maxAttempts) {
      lane.again(parcel, again(parcel.failures));
      return;
    }
    this.#failed(parcel, new RecordRefusedError(code, parcel.failures, detail));
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

  /** Everything again; what goes to one shard in the order in which it was put. */
  #begin(lanes: ShardLanes): void {
    const strays = this.#misplaced.flatMap(({ parcel, place }) => this.#straysIn(parcel, place, lanes));
    const records = [...strays, ...(this.#lanes?.drain() ?? []), ...this.#unplaced];
    if (this.#misplaced.length > 0) this.settings.onEvent({ type: 'resharded', records: strays.length });
    this.#misplaced = [];
    this.#unplaced = [];
    this.#lanes = lanes;
    this.#survey = 'none';
    for (const record of records) if (lanes.add(record)) this.#wake.within(this.settings.lingerMs);
  }

  /**
   * Packed records that came to lie in a shard which is not theirs. Readers pass them over, as the KCL does: they go
   * again. The others in the parcel are where they belong.
   */
  #straysIn(parcel: Parcel, { shardId, sequenceNumber }: Taken, lanes: ShardLanes): PendingRecord[] {
    return contentsOf(parcel).flatMap((pending, place) => {
      const { waiter, turn, size } = pending;
      const failures = pending.failures + 1;
      if (lanes.shardOf(pending)?.shardId === shardId) {
        this.onSettled({ turn, count: 1, bytes: size });
        waiter.taken(shardId, sequenceNumber, place, 1);
        return [];
      }
      if (failures < this.settings.maxAttempts) return [{ ...pending, failures }];
      const error = new RecordRefusedError('WrongShard', failures, `it came to lie in ${shardId}`);
      this.#failed({ runs: [runOf(pending)] }, error);
      return [];
    });
  }

  /** The shards are not to be known: what waits for them fails, and the next record asks again. */
  #giveUp(error: unknown): void {
    const [misplaced, unplaced] = [this.#misplaced, this.#unplaced];
    this.#misplaced = [];
    this.#unplaced = [];
    // With lanes that are out of date all else goes on: what strays tells of itself.
    this.#survey = this.#lanes ? 'none' : 'due';
    for (const { parcel } of misplaced) this.#failed(parcel, error);
    this.#failed({ runs: unplaced.map(runOf) }, error);
  }
}

const runOf = ({ waiter, turn, size }: PendingRecord): Run => ({ waiter, turn, count: 1, bytes: size });
