import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import type { ConsumerEvent } from '../../src/index.js';
import { Seen, TestStream, range } from '../test-stream.js';

const SHARDS = 16;
const WORKERS = 4;
const KEYS = range(1, 40).map((n) => `key-${n}`);

/** How long each shard was read by nobody: from being let go of to the next page that somebody reads of it. */
class Pauses {
  readonly all: number[] = [];
  readonly #since = new Map<string, number>();

  readonly note = (event: ConsumerEvent): void => {
    if (event.type === 'lease-released') this.#since.set(event.shardId, performance.now());
    if (event.type !== 'page-read') return;
    const since = this.#since.get(event.shardId);
    if (since !== undefined) this.all.push(performance.now() - since);
    this.#since.delete(event.shardId);
  };

  get pending(): number {
    return this.#since.size;
  }
}

/** Milliseconds. What the protocol adds to the time of calls has its bound in rolling-deploy.spec.ts; this is wall time. */
const LONGEST_PAUSE = 2_000;

describe('a rolling deploy', () => {
  let test: TestStream | undefined;
  afterEach(() => test?.close());

  it('of 4 workers over 16 shards pauses no shard for more than 2 s, repeats nothing and keeps order', async () => {
    const stream = (test = await TestStream.create(SHARDS));
    const seen = new Seen();
    const pauses = new Pauses();
    const times = { leaseDurationMs: 10_000, syncMs: 500, idlePollMs: 500 };
    const worker = (name: string) =>
      stream.group({ ...times, worker: name, handle: seen.handle, onEvent: pauses.note }).group;
    const putAll = (from: number, to: number) => Promise.all(KEYS.map((key) => stream.put(key, from, to)));
    const old = range(1, WORKERS).map((n) => worker(`old-${n}`));
    await Promise.all(old.map((one) => one.start()));
    await eventually(() => expect(old.reduce((sum, { shards }) => sum + shards.length, 0)).toBe(SHARDS));
    const begun = pauses.all.length;

    const fresh: (typeof old)[number][] = [];
    for (const [at, one] of old.entries()) {
      const successor = worker(`new-${at}`);
      fresh.push(successor);
      await Promise.all([successor.start(), putAll(at * 5 + 1, at * 5 + 5)]);
      await one.stop();
      await eventually(() => expect(successor.shards.length).toBeGreaterThan(0));
    }
    await eventually(() => expect(fresh.map(({ shards }) => shards.length)).toEqual([4, 4, 4, 4]), {
      timeoutMs: 20_000,
    });
    await eventually(() => expect(pauses.pending).toBe(0));
    await eventually(() => expect(seen.steps).toHaveLength(20 * KEYS.length));

    const moves = pauses.all.slice(begun);
    expect(moves.length).toBeGreaterThanOrEqual(SHARDS);
    expect(Math.max(...moves)).toBeLessThan(LONGEST_PAUSE);
    for (const key of KEYS) expect(seen.of(key)).toEqual(range(1, 20));
  });
});
