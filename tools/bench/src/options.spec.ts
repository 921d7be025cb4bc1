import { describe, expect, it } from '@jest/globals';
import { UsageError } from './bench.errors.js';
import { benchOptions } from './options.js';

describe('benchOptions', () => {
  it('runs everything where nothing is said', () => {
    expect(benchOptions(['messaging'])).toMatchObject({
      quick: false,
      check: false,
      write: false,
      only: undefined,
      workloads: ['none', 'steady', 'mixed'],
    });
  });

  it('reads what is said', () => {
    const options = benchOptions(['messaging', '--quick', '--only', 'loop', '--workload', 'mixed', '--tune', '8,16']);

    expect(options).toMatchObject({ quick: true, only: /loop/, workloads: ['mixed'], tune: [8, 16] });
  });

  it('refuses what it does not know', () => {
    for (const args of [[], ['streaming'], ['messaging', '--fast'], ['messaging', '--workload', 'huge']])
      expect(() => benchOptions(args)).toThrow(UsageError);
  });
});
