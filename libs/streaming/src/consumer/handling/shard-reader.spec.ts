import { describe, expect, it } from '@jest/globals';
import { pause } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { modelRuns } from '@lethe/testing';
import fc from 'fast-check';
import { type Planned, SimulatedTenure, recordsBefore, recordsOf, sourceOf } from '../../../test/simulated-shard.js';
import { Steps } from '../../../test/steps.js';
import { LeaseLostError } from '../../streaming.errors.js';
import type { StreamBatch } from './batch.js';
import { handlingSettings } from './handling-options.js';
import { ShardReader } from './shard-reader.js';

/** A fault that says nothing about the records. */
class Outage extends Error {}

interface Story {
  readonly plan: readonly Planned[];
  readonly seed: number;
  readonly parallelism: number;
  readonly batchSize: number;
  readonly single: boolean;
  /** Milliseconds after which each owner but the last stops or loses its lease. */
  readonly owners: readonly { readonly afterMs: number; readonly lost: boolean }[];
  /** How often, of 1, a handler or the dead letters fail for a moment. */
  readonly faults: number;
  /** Milliseconds, at most, of everything that handlers and dead letters do. */
  readonly slowMs: number;
}

const stories = fc.record<Story>({
  plan: fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fault: fc.oneof(
        { weight: 12, arbitrary: fc.constant('none' as const) },
        { weight: 1, arbitrary: fc.constantFrom('poison' as const, 'unreadable' as const) },
      ),
    }),
    { maxLength: 80 },
  ),
  seed: fc.integer(),
  parallelism: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 10 }),
  single: fc.boolean(),
  owners: fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 4_000 }), lost: fc.boolean() }), { maxLength: 4 }),
  faults: fc.constantFrom(0, 0.1, 0.4),
  slowMs: fc.constantFrom(1, 40, 1_000),
});

/** Plays a story: one owner after the other, each from the checkpoint on, until the shard has ended. */
class Play {
  readonly time: VirtualTime;
  readonly effects: number[] = [];
  readonly parked = new Set<number>();
  checkpoint = 'TRIM_HORIZON';
  ends = 0;
  /** What went against the rules while the story went on. */
  readonly wrongs: string[] = [];
  #atWork = new Map<SimulatedTenure, Set<string>>();

  constructor(readonly story: Story) {
    this.time = new VirtualTime({ seed: story.seed });
  }

  async run(): Promise<void> {
    const ends: Promise<unknown>[] = [];
    for (const [fence, { afterMs, lost }] of this.story.owners.entries()) {
      const stop = new AbortController();
      const tenure = this.#tenure(fence);
      const owner = this.#own(tenure, stop.signal);
      ends.push(owner);
      await this.time.advance(afterMs);
      if (lost) tenure.lose();
      else stop.abort();
      // Who stops lets go of the lease at its end; whose lease is taken may still be at work.
      if (!lost) await this.time.run(owner);
    }
    if (this.ends === 0) await this.time.run(this.#own(this.#tenure(99), new AbortController().signal));
    await this.time.run(Promise.all(ends));
  }

  #tenure(fence: number): SimulatedTenure {
    const tenure = new SimulatedTenure(fence, this.time, (at) => this.#write(at));
    this.#atWork.set(tenure, new Set());
    return tenure;
  }

  async #own(tenure: SimulatedTenure, stop: AbortSignal): Promise<void> {
    if (this.ends > 0) return;
    const { story, time, checkpoint: from } = this;
    const reader = new ShardReader(this.#settings(tenure), tenure, stop, from);
    try {
      const outcome = await reader.run(sourceOf(recordsOf(story.plan), from, time));
      if (outcome === 'ended') this.#end();
      else if (reader.uncheckpointed !== undefined) await tenure.checkpoint(reader.uncheckpointed);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    }
    if (this.#atWork.get(tenure)?.size !== 0) this.wrongs.push('a handler runs on after its owner has ended');
  }

  #settings(tenure: SimulatedTenure) {
    const { story, time } = this;
    const { single, parallelism, batchSize } = story;
    const handling = single
      ? { handleRecord: (record: StreamBatch<typeof Steps>['records'][number]) => this.#handle(tenure, [record]) }
      : { handle: ({ records }: StreamBatch<typeof Steps>) => this.#handle(tenure, records) };
    return handlingSettings({
      ...handling,
      definition: Steps,
      stream: 'steps',
      application: 'test',
      parallelism,
      batchSize,
      timers: time,
      checkpointIntervalMs: 200,
      retry: { attempts: 2, backoff: { base: 10, cap: 100 }, isTransient: (error) => error instanceof Outage },
      deadLetters: {
        park: async (letters) => {
          await this.#fail(0.5);
          for (const { sequenceNumber } of letters) this.parked.add(recordsBefore(sequenceNumber) - 1);
          await this.#fail(0.5);
        },
      },
    });
  }

  async #handle(tenure: SimulatedTenure, records: StreamBatch<typeof Steps>['records']): Promise<void> {
    const keys = [...new Set(records.map(({ data }) => data.key))];
    const atWork = this.#atWork.get(tenure);
    if (keys.some((key) => atWork?.has(key))) this.wrongs.push('two handlers have records of one key');
    for (const key of keys) atWork?.add(key);
    try {
      await this.#fail(1);
      const poison = records.find(({ data: { n } }) => this.story.plan[n]?.fault === 'poison');
      if (poison) throw new Error(`record ${poison.data.n} is poison`);
      this.effects.push(...records.map(({ data: { n } }) => n));
      await this.#fail(1);
    } finally {
      for (const key of keys) atWork?.delete(key);
    }
  }

  async #fail(share: number): Promise<void> {
    const { time, story } = this;
    await pause(time.random() * story.slowMs, undefined, time);
    if (time.random() < story.faults * share) throw new Outage();
  }

  #write(at: string): void {
    const before = recordsBefore(at);
    if (before < recordsBefore(this.checkpoint) && this.ends === 0) this.wrongs.push(`back to ${at}`);
    for (let n = 0; n < before; n += 1) if (!this.isSettled(n)) this.wrongs.push(`${at} passes ${n}`);
    this.checkpoint = at;
  }

  #end(): void {
    this.ends += 1;
    if (this.story.plan.some((_, n) => !this.isSettled(n))) this.wrongs.push('the end passes a record');
  }

  isSettled(n: number): boolean {
    return this.effects.includes(n) || this.parked.has(n);
  }
}

const { parameters, timeoutMs } = modelRuns(process.env, { runs: 300, seconds: 60 });

describe('ShardReader', () => {
  it(
    'R23, KIN-2, KIN-4: over random schedules, faults and owners nothing is lost, keys keep their order, and no checkpoint passes an unfinished record',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const play = new Play(story);
          await play.run();

          expect(play.wrongs).toEqual([]);
          expect(play.ends).toBe(1);
          const faulty = story.plan.flatMap(({ fault }, n) => (fault === 'none' ? [] : [n]));
          expect([...play.parked].sort((a, b) => a - b)).toEqual(faulty);
          const first = [...new Set(play.effects)];
          expect(first.toSorted((a, b) => a - b)).toEqual(
            story.plan.flatMap((_, n) => (faulty.includes(n) ? [] : [n])),
          );
          for (const key of 'abcde') {
            const steps = first.filter((n) => story.plan[n]?.key === key);
            expect(steps).toEqual(steps.toSorted((a, b) => a - b));
          }
        }),
        parameters,
      );
    },
    timeoutMs,
  );
});
