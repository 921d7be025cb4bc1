import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SKETCH_ERROR, VisitorSketch } from './visitor-sketch.js';

const visitors = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) =>
    createHmac('sha256', 'salt')
      .update(`session-${from + at}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url'),
  );
const off = (estimate: number, truth: number): number => Math.abs(estimate / truth - 1);

describe('a sketch of visitors', () => {
  it('states its error', () => {
    expect(SKETCH_ERROR).toBeCloseTo(0.016_25, 5);
  });

  it.each([10, 100, 1_000, 10_000, 50_000, 200_000])('estimates %i within three times its error', (truth) => {
    expect(off(VisitorSketch.empty().add(visitors(0, truth)).count(), truth)).toBeLessThan(3 * SKETCH_ERROR);
  });

  it('counts once whom two sketches saw, also after they were kept as bytes', () => {
    const one = VisitorSketch.empty().add(visitors(0, 30_000));
    const other = VisitorSketch.from(VisitorSketch.empty().add(visitors(20_000, 50_000)).bytes());

    expect(off(one.merge(other).count(), 50_000)).toBeLessThan(3 * SKETCH_ERROR);
  });

  it('does not change by who came before', () => {
    const sketch = VisitorSketch.empty().add(visitors(0, 5_000));
    const before = sketch.bytes();

    expect(sketch.add(visitors(0, 5_000)).bytes().equals(before)).toBe(true);
  });
});
