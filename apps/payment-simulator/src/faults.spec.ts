import { describe, expect, it } from '@jest/globals';
import { Faults } from './faults.js';

describe('Faults', () => {
  it('fails in turn before and after the work', () => {
    const faults = new Faults({ latencyMs: 0, failureRate: 1 });

    expect([faults.next(), faults.next(), faults.next()]).toEqual(['before', 'after', 'before']);
  });

  it('fails as often as the rate says', () => {
    const throws = [0.1, 0.6, 0.49, 0.5];
    const faults = new Faults({ latencyMs: 0, failureRate: 0.5 }, () => throws.shift() ?? 1);

    expect([1, 2, 3, 4].map(() => faults.next())).toEqual(['before', undefined, 'after', undefined]);
  });

  it('never fails at rate 0, and keeps what a change does not name', () => {
    const faults = new Faults({ latencyMs: 5, failureRate: 1 }, () => 0);

    faults.set({ failureRate: 0 });

    expect(faults.next()).toBeUndefined();
    expect(faults.current).toEqual({ latencyMs: 5, failureRate: 0 });
  });
});
