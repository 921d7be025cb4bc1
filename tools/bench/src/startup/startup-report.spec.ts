import { describe, expect, it } from '@jest/globals';
import { type ServiceStartup, startupText, startupVerdicts } from './startup-report.js';

const row = (program: string, cached: boolean) => ({
  program,
  cached,
  readyMs: 900,
  cpuMs: 700,
  residentMiB: 180,
  contentBytes: 60_000_000,
});
const atTheEdge: ServiceStartup = {
  service: 'orders',
  rows: [row('orders', false), row('orders', true), row('empty', false), row('empty', true)],
  ratios: [
    { cached: false, ready: 1.5, resident: 1.5 },
    { cached: true, ready: 1.5, resident: 1.5 },
  ],
};
const held = (service: ServiceStartup): (boolean | undefined)[] =>
  startupVerdicts({ services: [service] }).map(({ holds }) => holds);

describe('the bounds of a start', () => {
  it('hold at their very edge, with and without a cache', () => {
    expect(held(atTheEdge)).toEqual([true, true, true, true, true]);
  });

  it('are missed just beyond it', () => {
    const worse = { cached: false, ready: 1.51, resident: 1.51 };

    expect(held({ ...atTheEdge, ratios: [worse] })).toEqual([false, false, true]);
    expect(held({ ...atTheEdge, rows: [{ ...row('orders', true), contentBytes: 60_100_000 }] }).at(-1)).toBe(false);
  });
});

describe('the text of a start', () => {
  it('has a row for each program, and says which had a cache', () => {
    const text = startupText({ services: [atTheEdge] });

    expect(text).toMatch(/\| orders, cached +\| +900 \| +700 \| +180 \| +60\.0 \|/);
    expect(text).toContain('| orders, with the compile cache: start to ready');
  });
});
