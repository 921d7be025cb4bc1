import { describe, expect, it } from '@jest/globals';
import { UsageError } from './bench.errors.js';
import { benchOptions } from './options.js';

describe('benchOptions', () => {
  it('runs everything where nothing is said', () => {
    expect(benchOptions(['identity']).suite).toBe('identity');
    expect(benchOptions(['streaming']).suite).toBe('streaming');
    expect(benchOptions(['startup']).suite).toBe('startup');
    expect(benchOptions(['orders', '--quick', '--check'])).toMatchObject({ suite: 'orders', quick: true, check: true });
    expect(benchOptions(['messaging'])).toMatchObject({
      suite: 'messaging',
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

  it('writes down nothing but a whole run', () => {
    expect(benchOptions(['messaging', '--write', '--check'])).toMatchObject({ write: true, check: true });
    for (const part of [['--quick'], ['--only', 'loop'], ['--workload', 'none'], ['--rtt', '15'], ['--tune', '8']])
      expect(() => benchOptions(['messaging', '--write', ...part])).toThrow('only a whole run is written down');
  });

  it('refuses what it does not know', () => {
    for (const args of [
      [],
      ['swimming'],
      ['messaging', 'identity'],
      ['messaging', '--fast'],
      ['messaging', '--workload', 'huge'],
    ])
      expect(() => benchOptions(args)).toThrow(UsageError);
  });
});
