import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Simulation } from './simulation.js';

describe('replicas, slow loads, lost invalidations, cuts and flushes', () => {
  it('R31 R32: no answer is older than what was forgotten before it, nor than the bound where nobody was told', async () => {
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
        const simulation = new Simulation(seed);
        await simulation.run(400);
        answers += simulation.answers;
        expect(simulation.broken).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(answers).toBeGreaterThan(5_000);
  });
});
