import { describe, expect, it } from '@jest/globals';
import { Instants, Killed } from './instants.js';
import { modelRuns } from './model-runs.js';

const die = () => Promise.reject(new Killed());

describe('instants', () => {
  it('are just before and just after each effect, and one of them is the last', async () => {
    const done: string[] = [];
    const instants = new Instants();
    const story = async () => {
      await instants.around('commit', async () => done.push('first'));
      await instants.around('commit', async () => done.push('second'));
    };

    for (const after of [0, 1, 2, 3]) {
      done.push('|');
      instants.arm(after, die);
      await expect(story()).rejects.toThrow(Killed);
    }
    instants.arm(4, die);
    await story();

    expect(done.join(' ')).toBe('| | first | first | first second first second');
  });

  it('see the methods that are watched, and leave the others as they are', async () => {
    class Store {
      #rows = 0;
      async write(rows: number): Promise<number> {
        return (this.#rows += rows);
      }
      read(): number {
        return this.#rows;
      }
    }
    const instants = new Instants();
    const store = instants.watch('commit', new Store(), ['write']);

    instants.arm(1, die);
    await expect(store.write(2)).rejects.toThrow(Killed);
    instants.arm(0, die);
    expect(store.read()).toBe(2);
    instants.disarm();
    expect(await store.write(3)).toBe(5);
  });
});

describe('the runs of a model test', () => {
  it('are what a pipeline has time for, or what the environment asks for', () => {
    const usual = { runs: 30, seconds: 60 };

    expect(modelRuns({}, usual)).toEqual({ parameters: { numRuns: 30 }, timeoutMs: 60_000 });
    const long = modelRuns({ LETHE_MODEL_RUNS: '1000', LETHE_MODEL_SEED: '7' }, usual);
    expect(long).toEqual({ parameters: { numRuns: 1_000, seed: 7 }, timeoutMs: 2_000_000 });
  });
});
