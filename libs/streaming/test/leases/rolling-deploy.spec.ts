import { describe, expect, it } from '@jest/globals';
import { pause } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { EXPECTING_MS } from '../../src/consumer/consumer-group.js';
import { ConsumerGroup } from '../../src/index.js';
import { range } from '../range.js';
import { Steps } from '../steps.js';
import { SimulatedCloud } from './simulated-cloud.js';

const [SHARDS, WORKERS] = [16, 4];
/** What a call of AWS takes at most, and how often the workers look by themselves. */
const [CALL_MS, SYNC_MS] = [40, 1_000];
/**
 * Calls, one after the other, from a release to the next read: the look that came too early for it, then the look that
 * sees it, the taking, the shard iterator, and half of the read. Whoever looks at the shards as well makes two more.
 */
const CALLS = 7;

/** Workers, of which new ones replace the old ones while records come in, in virtual time. */
class Deploy {
  readonly time: VirtualTime;
  readonly cloud: SimulatedCloud;
  readonly seen = new Map<string, number[]>();
  #put = 0;
  #over = false;

  /** `slow`: how many batches of 1 keep their handler busy for 3 s. */
  constructor(
    seed: number,
    private readonly slow: number,
  ) {
    this.time = new VirtualTime({ seed });
    this.cloud = new SimulatedCloud(this.time, SHARDS, CALL_MS);
  }

  worker(name: string): ConsumerGroup<typeof Steps> {
    return new ConsumerGroup({
      definition: Steps,
      stream: 'steps',
      application: 'test',
      worker: name,
      leaseTable: 'leases',
      clients: this.cloud.clients(name),
      syncMs: SYNC_MS,
      timers: this.time,
      handle: async ({ shardId, records }) => {
        await pause(this.time.random() < this.slow ? 3_000 : 5, undefined, this.time);
        const steps = this.seen.get(shardId) ?? [];
        this.seen.set(shardId, steps);
        steps.push(...records.map(({ data }) => data.n));
      },
    });
  }

  /** Each old worker stops once its successor has come, as in a cluster that keeps its number of replicas. */
  async run(): Promise<void> {
    const producing = this.#produce();
    const old = range(1, WORKERS).map((n) => this.worker(`old-${n}`));
    await Promise.all(old.map((one) => one.start()));
    await this.#until(() => sum(old) === SHARDS);
    await pause(5_000, undefined, this.time);
    const begun = this.cloud.moves.length;
    const fresh: typeof old = [];
    for (const [at, one] of old.entries()) {
      const successor = this.worker(`new-${at}`);
      fresh.push(successor);
      await successor.start();
      await one.stop();
    }
    await this.#until(() => sum(fresh) === SHARDS && this.cloud.unread === 0);
    this.cloud.moves.splice(0, begun);
    this.#over = true;
    await producing;
    await this.#until(() => this.#handled === SHARDS * this.#put);
    await Promise.all(fresh.map((one) => one.stop()));
  }

  /** What was put into each shard. */
  get put(): number[] {
    return range(1, this.#put);
  }

  get #handled(): number {
    return [...this.seen.values()].reduce((count, steps) => count + steps.length, 0);
  }

  async #produce(): Promise<void> {
    while (!this.#over) {
      this.#put += 1;
      for (const shardId of this.cloud.shards) this.cloud.put(shardId, this.#put);
      await pause(100, undefined, this.time);
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await pause(50, undefined, this.time);
  }
}

const sum = (workers: readonly ConsumerGroup<typeof Steps>[]): number =>
  workers.reduce((count, { shards }) => count + shards.length, 0);

describe('a rolling deploy of 4 workers over 16 shards', () => {
  it.each([
    ['handlers are quick', 0],
    ['some handlers take long, for whose shards the others do not wait', 0.02],
  ])('hands each shard to a worker that waits for it, one look and six calls away: %s', async (_, slow) => {
    for (const seed of range(1, 5)) {
      const deploy = new Deploy(seed, slow);
      await deploy.time.run(deploy.run());

      const { moves, shards } = deploy.cloud;
      expect(moves.length).toBeGreaterThanOrEqual(SHARDS);
      expect(moves.filter(({ kept, looks }) => kept && looks > 2)).toEqual([]);
      // Not kept is what somebody asked for who stopped before it was let go of: then the next look of anybody finds it.
      const most = (kept: boolean): number => (kept ? EXPECTING_MS : SYNC_MS) + CALLS * CALL_MS;
      expect(moves.filter(({ kept, unreadMs }) => unreadMs > most(kept))).toEqual([]);
      expect(moves.filter(({ kept }) => kept).length).toBeGreaterThanOrEqual(moves.length - 1);
      for (const shardId of shards) expect(deploy.seen.get(shardId)).toEqual(deploy.put);
    }
  });
});
