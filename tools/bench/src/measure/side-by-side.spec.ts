import { describe, expect, it } from '@jest/globals';
import { partsText, partsVerdicts } from '../report/parts-report.js';
import { SideBySide, sideBySide } from './side-by-side.js';

const slice = (operationsPerSecond: number, cpuMicros: number) => ({ operationsPerSecond, cpuMicros });

describe('SideBySide', () => {
  it('compares within rounds, so that a slow moment of the machine is nobody’s', () => {
    const found = new SideBySide(
      new Map([
        ['ours', [slice(200, 1), slice(20, 10), slice(210, 1)]],
        ['theirs', [slice(100, 2), slice(10, 20), slice(100, 2)]],
      ]),
    );

    expect(found.speedOf('ours', 'theirs')).toBe(2);
    expect(found.costOf('ours', 'theirs')).toBe(0.5);
    expect(found.speedOf('ours', 'nobody')).toBeUndefined();
    expect(found.rows[0]).toEqual({ contender: 'ours', operationsPerSecond: 200, cpuMicros: 1 });
  });

  it('runs each contender in every round', async () => {
    const calls = { a: 0, b: 0 };
    const found = await sideBySide(
      [
        { name: 'a', operation: () => (calls.a += 1) },
        { name: 'b', operation: () => Promise.resolve((calls.b += 1)) },
      ],
      { rounds: 3, sliceMs: 2, quick: true },
    );

    expect(Math.min(calls.a, calls.b)).toBeGreaterThan(16);
    expect(found.speedOf('a', 'b')).toBeGreaterThan(0);
  });
});

describe('partsText', () => {
  it('shows rows and verdicts, and fails a bound that is missed', () => {
    const row = { contender: 'ours', operationsPerSecond: 1_234, cpuMicros: 5 };
    const bound = { claim: 'speed', unit: '×', atLeast: 1 } as const;
    const part = (measured: number | undefined) => ({
      title: 'Tokens',
      how: 'Side by side.',
      rows: [row],
      bounds: [{ ...bound, measured }],
    });

    expect(partsText({ parts: [part(0.5)] })).toMatch(/### Tokens[\s\S]*1,234[\s\S]*### Bounds[\s\S]*MISSED/);
    expect([0.5, 1, undefined].map((measured) => partsVerdicts({ parts: [part(measured)] })[0]?.holds)).toEqual([
      false,
      true,
      undefined,
    ]);
    expect(partsText({ parts: [part(undefined)] })).not.toContain('Bounds');
  });
});
