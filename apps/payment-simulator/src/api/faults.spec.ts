import { describe, expect, it } from '@jest/globals';
import { CALM, Faults } from './faults.js';

describe('Faults', () => {
  it('fails in turn before and after the work', () => {
    const faults = new Faults({ failureRate: 1 });

    expect([faults.next(), faults.next(), faults.next()]).toEqual(['before', 'after', 'before']);
  });

  it('fails as often as the rate says', () => {
    const throws = [0.1, 0.6, 0.49, 0.5];
    // Of three throws per write, only the last one is about this rate.
    const faults = new Faults({ failureRate: 0.5 }, () => throws[0] ?? 1);

    const fallen = throws.slice().map(() => {
      const fault = faults.next();
      throws.shift();
      return fault;
    });
    expect(fallen).toEqual(['before', undefined, 'after', undefined]);
  });

  it('never fails unless told to, and keeps what a change does not name', () => {
    const faults = new Faults({ latencyMs: 5, stallRate: 1 }, () => 0);
    expect(faults.next()).toBe('stall');

    faults.set({ stallRate: 0, latencyMs: undefined });

    expect(faults.next()).toBeUndefined();
    expect(faults.current).toEqual({ ...CALM, latencyMs: 5 });
  });
});
