import { childTrace, fullJitter, pause, runInTrace } from '@lethe/kernel';
import type { StreamDefinition } from '@lethe/topology';
import { BatchAppliedError, LeaseLostError, PoisonRecordsError, StaleBatchError } from '../../streaming.errors.js';
import type { UserRecord } from '../user-record.js';
import { type Handling, type StreamBatch, readBatch, traceOf } from './batch.js';
import type { HandlingSettings } from './handling-options.js';
import type { Portion } from './lanes/lanes.js';
import { Parking, type Unhandled } from './dead-letters/parking.js';
import type { ShardCheckpoints } from './checkpoints/shard-checkpoints.js';
import type { Tenure } from './tenure.js';

/** What one portion came to. */
export interface Tally {
  records: number;
  invalid: number;
  /** Milliseconds in the handler. */
  durationMs: number;
}

/** Some of a portion's records. When they are settled, the first `upTo` of the portion are. */
interface Part {
  readonly portion: Portion;
  readonly tally: Tally;
  readonly records: readonly UserRecord[];
  readonly upTo: number;
  /** Failures after which it is given up. */
  readonly attempts: number;
}

/** What the handler threw; undefined where it did not. */
type Failure = { readonly error: unknown } | undefined;

/**
 * Sees to it that every record of a portion takes effect or is parked: tries again, then divides until the poison is
 * found. Whatever answers a boolean says whether all was settled; it was not where it was told to stop before.
 */
export class Delivery<D extends StreamDefinition> {
  readonly #parking: Parking;
  readonly #interrupted: AbortSignal;
  /** Up to where all is settled; tells something where there is one portion at a time. */
  #settled: string;

  /** `stop`: begin nothing new, and do not wait for what only ever fails. */
  constructor(
    private readonly settings: HandlingSettings<D>,
    private readonly tenure: Tenure,
    private readonly stop: AbortSignal,
    from: string,
  ) {
    this.#settled = from;
    this.#parking = new Parking(settings, tenure, stop);
    this.#interrupted = AbortSignal.any([stop, tenure.lost]);
  }

  /** Throws a LeaseLostError, a StaleBatchError. */
  async settle(portion: Portion, tally: Tally): Promise<boolean> {
    const { attempts } = this.settings.retry;
    const { records } = portion;
    if (!this.settings.handleRecord) {
      return this.#deliver({ portion, tally, records, upTo: records.length, attempts });
    }
    for (const [at, record] of records.entries()) {
      if (at > 0 && this.stop.aborted) return false;
      if (!(await this.#deliver({ portion, tally, records: [record], upTo: at + 1, attempts }))) return false;
    }
    return true;
  }

  async #deliver(part: Part): Promise<boolean> {
    const { settings } = this;
    const { records, invalid } = readBatch(settings.definition, part.records);
    const [unreadable] = invalid;
    if (unreadable && settings.invalid === 'dead-letters') {
      part.tally.invalid += invalid.length;
      const errors = new Map(invalid.map((each) => [placeOf(each), each.error]));
      return this.#without(part, (record) => errors.get(placeOf(record)));
    }
    const batch: StreamBatch<D> = { ...this.#handling(part), records, invalid };
    for (let attempt = 1, failures = 0; ; attempt += 1) {
      const failure = await this.#attempt(batch, part.tally);
      if (!failure) return this.#done(part);
      const { error } = failure;
      const { shardId } = this.tenure;
      settings.onEvent({ type: 'handler-failed', shardId, records: part.records.length, attempt, error });
      if (this.stop.aborted) return false;
      if (settings.deadLetters && !settings.retry.isTransient(error)) {
        failures += 1;
        const poison = new Set(error instanceof PoisonRecordsError ? error.among(part.records) : []);
        if (poison.size > 0) return this.#without(part, (record) => (poison.has(record) ? error : undefined));
        if (failures >= part.attempts) return this.#giveUp(part, error);
      }
      await this.#pause(attempt);
      if (this.stop.aborted) return false;
    }
  }

  /** Throws what means that the shard is somebody else's. */
  async #attempt(batch: StreamBatch<D>, tally: Tally): Promise<Failure> {
    const { timers } = this.settings;
    this.tenure.assertHeld();
    const began = timers.monotonic();
    try {
      await runInTrace(childTrace(traceOf(batch.records)), () => this.#handle(batch));
      tally.records += batch.records.length;
      tally.invalid += batch.invalid.length;
      return undefined;
    } catch (error) {
      if (error instanceof BatchAppliedError) return undefined;
      if (error instanceof StaleBatchError || error instanceof LeaseLostError) throw error;
      return { error };
    } finally {
      tally.durationMs += timers.monotonic() - began;
    }
  }

  async #handle(batch: StreamBatch<D>): Promise<void> {
    const { handle, handleRecord } = this.settings;
    if (handle) return handle(batch);
    const { records, invalid, ...handling } = batch;
    // No retry will mend it, and nobody takes it: the shard waits for somebody who looks.
    if (invalid[0]) throw invalid[0].error;
    for (const record of records) await handleRecord?.(record, handling);
  }

  /** Parks those of the records for which there is an error, and goes on with the others. */
  async #without(part: Part, errorOf: (record: UserRecord) => unknown): Promise<boolean> {
    const errors = part.records.map((record): Unhandled => ({ record, error: errorOf(record) }));
    const unhandled = errors.filter(({ error }) => error !== undefined);
    if (!(await this.#parking.park(unhandled))) return false;
    const records = errors.filter(({ error }) => error === undefined).map(({ record }) => record);
    return records.length === 0 ? this.#pass(part) : this.#deliver({ ...part, records });
  }

  /** A single record is parked. Of several each half is tried by itself, once, until a single one is left. */
  async #giveUp(part: Part, error: unknown): Promise<boolean> {
    const { records, upTo } = part;
    if (records.length === 1) return this.#without(part, () => error);
    this.settings.onEvent({ type: 'batch-divided', shardId: this.tenure.shardId, records: records.length });
    const middle = Math.ceil(records.length / 2);
    const last = records[middle - 1];
    const first = {
      ...part,
      records: records.slice(0, middle),
      upTo: last ? part.portion.records.indexOf(last) + 1 : 0,
    };
    if (!(await this.#deliver(this.#tried(first))) || this.stop.aborted) return false;
    return this.#deliver(this.#tried({ ...part, records: records.slice(middle), upTo }));
  }

  #tried(part: Part): Part {
    return { ...part, attempts: part.records.length === 1 ? this.settings.retry.attempts : 1 };
  }

  /** Nothing of it has an effect. */
  async #pass(part: Part): Promise<boolean> {
    const { checkpoints } = this.settings;
    return checkpoints && !(await this.#moveOn(checkpoints, this.#handling(part))) ? false : this.#done(part);
  }

  async #moveOn(checkpoints: ShardCheckpoints, handling: Handling): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      this.tenure.assertHeld();
      try {
        await checkpoints.pass(handling);
        return true;
      } catch (error) {
        if (error instanceof BatchAppliedError) return true;
        if (error instanceof StaleBatchError) throw error;
        this.settings.onEvent({ type: 'failed', what: 'checkpoint', shardId: this.tenure.shardId, error });
      }
      if (this.stop.aborted) return false;
      await this.#pause(attempt);
      if (this.stop.aborted) return false;
    }
  }

  #done({ portion, upTo }: Part): true {
    this.#settled = portion.records[upTo - 1]?.checkpoint ?? this.#settled;
    portion.done(upTo);
    return true;
  }

  #handling({ portion, upTo }: Part): Handling {
    const { stream, parallelism } = this.settings;
    const { shardId, fence, lost: signal } = this.tenure;
    const to = portion.records[upTo - 1]?.checkpoint;
    const position = to === undefined || parallelism > 1 ? {} : { position: { from: this.#settled, to } };
    return { stream, shardId, fence, signal, ...position };
  }

  async #pause(attempt: number): Promise<void> {
    const { retry, timers } = this.settings;
    await pause(fullJitter(attempt, retry.backoff, timers.random), this.#interrupted, timers);
  }
}

function placeOf({ sequenceNumber, subSequenceNumber }: Pick<UserRecord, 'sequenceNumber' | 'subSequenceNumber'>) {
  return subSequenceNumber === undefined ? sequenceNumber : `${sequenceNumber}:${subSequenceNumber}`;
}
