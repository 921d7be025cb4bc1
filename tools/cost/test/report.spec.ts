import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readCostData, stageNamed } from '../src/data/cost-data.js';
import { costReport } from '../src/model/compare.js';
import { escaped, htmlOf } from '../src/report/html.js';
import { tableOf } from '../src/report/table.js';
import { textOf } from '../src/report/text.js';

const golden = (name: string): string => join(import.meta.dirname, 'golden', name);
const data = readCostData({ profile: golden('profile.json') });
const stage = stageNamed('production');
const report = (ordersPerDay: number, profile = data.profile) =>
  costReport({ demand: { ordersPerDay, visitsPerDay: ordersPerDay * 50 }, ...data, profile, stage }, data, false);

describe('the report', () => {
  it('reads in a terminal as it always did', () => {
    expect(textOf(report(1_000))).toBe(readFileSync(golden('cost-1000.txt'), 'utf8'));
  });

  it('shows each other way beside what is deployed', () => {
    const { alternatives } = report(1_000_000);
    expect(alternatives.map(({ choice, value }) => `${choice}: ${value}`)).toEqual([
      'compute: spot',
      'compute: lambda',
      'tables: provisioned',
      'streams: provisioned',
      'reading: fan-out',
      'batching: off',
      'records: aggregated',
    ]);
    const of = (value: string) => alternatives.find((one) => one.value === value)?.difference ?? NaN;
    expect(of('spot')).toBeLessThan(0);
    expect(of('fan-out')).toBeGreaterThan(0);
    expect(of('off')).toBeGreaterThan(0);
    expect(of('aggregated')).toBeLessThan(0);
  });

  it('goes from ten orders a day to internet scale, where an order costs less', () => {
    const { scale } = report(1_000);
    const costs = scale.map(({ usdPerOrder }) => usdPerOrder);
    expect(scale.map(({ demand }) => demand.ordersPerDay)).toEqual([10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);
    expect([...costs].sort((one, other) => other - one)).toEqual(costs);
    expect(scale.at(-1)?.beyond.length).toBeGreaterThan(scale[0]?.beyond.length ?? Infinity);
  });

  it('aligns numbers to the right and words to the left', () => {
    expect(
      tableOf(
        ['name', 'USD'],
        [
          ['a', '1,000.00'],
          ['bcdef', '2.50'],
        ],
      ),
    ).toBe('name        USD\na      1,000.00\nbcdef      2.50');
  });
});

describe('the page', () => {
  const machine = '<img src=x onerror="alert(1)"> & \'Co\'';
  const page = htmlOf(report(1_000, { ...data.profile, machine }));

  it('escapes whatever the data say', () => {
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;Co&#39;');
    expect(page).not.toContain('<img');
    expect(escaped('<a b="c">')).toBe('&lt;a b=&quot;c&quot;&gt;');
  });

  it('stands for itself: nothing is loaded', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe)|url\(|https?:/);
    expect(page).toMatch(/^<!doctype html>/);
    expect(page.match(/<table>/g)).toHaveLength(6);
    expect(page.match(/<tr>/g)).toHaveLength(page.match(/<\/tr>/g)?.length ?? 0);
  });
});
