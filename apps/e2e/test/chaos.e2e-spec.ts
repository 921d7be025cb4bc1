import { describe, expect, it } from '@jest/globals';
import { runChaos } from '@lethe/chaos';

describe('R02: replicas of every service are killed while customers buy', () => {
  it('C1-C9: nothing acknowledged is lost, nothing happens twice', async () => {
    const report = await runChaos({ orders: 70, faults: 7, kinds: 'kill,terminate,cut', replicas: 2 });

    expect(report.violations).toEqual([]);
    expect(Object.values(report.faults).reduce((sum, times) => sum + times, 0)).toBe(7);
    expect(report.purchases.acknowledged).toBeGreaterThan(60);
    expect(report.checks.map(({ invariant }) => invariant)).toEqual([
      'C1',
      'C2',
      'C3',
      'C4',
      'C5',
      'C6',
      'C7',
      'C8',
      'C9',
    ]);
    for (const { invariant, checked } of report.checks)
      expect({ invariant, checked }).toEqual({ invariant, checked: expect.any(Number) });
  }, 300_000);
});
