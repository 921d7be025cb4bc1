import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type RunningStore, startStore } from '@lethe/store';
import { type Answered, runShuffleScript } from '../src/shuffle-script.js';

/** A replica dies before every so many requests. */
const EVERY = 7;

async function onFreshStore(
  replicas: number,
  beforeEach: (store: RunningStore, step: number) => Promise<void>,
): Promise<Answered[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-shuffle-'));
  const store = await startStore({ dataDir, port: 0, replicas, fresh: true, seed: false, logLevel: 'warn' });
  try {
    return await runShuffleScript(store, (step) => beforeEach(store, step));
  } finally {
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

describe('R40: the shuffle test', () => {
  it('three replicas that are killed at random answer as one that lives', async () => {
    let kills = 0;

    const alone = await onFreshStore(1, () => Promise.resolve());
    const shuffled = await onFreshStore(3, async (store, step) => {
      if (step % EVERY !== 0) return;
      const ready = store.replicas().filter(({ state }) => state === 'ready');
      const victim = ready[Math.floor(Math.random() * ready.length)];
      if (victim === undefined) return;
      await store.kill(victim.id);
      kills += 1;
    });

    expect(kills).toBeGreaterThan(10);
    expect(alone.length).toBeGreaterThan(80);
    expect(shuffled).toEqual(alone);
  }, 300_000);
});
