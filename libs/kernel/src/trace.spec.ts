import { describe, expect, it } from '@jest/globals';
import { childTrace, currentTrace, formatTraceparent, parseTraceparent, runInTrace } from './trace.js';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

describe('parseTraceparent', () => {
  it('reads the example of the standard and writes it back', () => {
    expect(parseTraceparent(header)).toEqual(trace);
    expect(formatTraceparent(trace)).toBe(header);
  });

  it('reads the sampled flag and no other', () => {
    expect(parseTraceparent(header.replace(/01$/, '00'))?.sampled).toBe(false);
    expect(parseTraceparent(header.replace(/01$/, 'fe'))?.sampled).toBe(false);
    expect(parseTraceparent(header.replace(/01$/, 'ff'))?.sampled).toBe(true);
  });

  it('reads a future version by its first four fields', () => {
    expect(parseTraceparent(`cc${header.slice(2)}-what-comes-later`)).toEqual(trace);
  });

  it.each([
    ['an absent header', undefined],
    ['an empty one', ''],
    ['the forbidden version ff', `ff${header.slice(2)}`],
    ['version 00 with a fifth field', `${header}-more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['a span id of zeros', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['capitals', header.toUpperCase()],
    ['a trace id that is too short', '00-4bf92f-00f067aa0ba902b7-01'],
  ])('ignores %s', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('childTrace', () => {
  it('stays in the trace of its parent under a span of its own', () => {
    const child = childTrace({ ...trace, sampled: false });

    expect(child).toMatchObject({ traceId: trace.traceId, sampled: false });
    expect(child.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(child.spanId).not.toBe(trace.spanId);
  });

  it('begins a trace where there is no parent', () => {
    const root = childTrace();

    expect(parseTraceparent(formatTraceparent(root))).toEqual(root);
    expect(root.traceId).not.toBe(childTrace().traceId);
  });
});

describe('runInTrace', () => {
  it('is seen by all that the work awaits, and by nothing beside it', async () => {
    const other = childTrace();
    const seen = () => Promise.resolve().then(() => currentTrace());

    const both = await Promise.all([runInTrace(trace, seen), runInTrace(other, seen)]);

    expect(both).toEqual([trace, other]);
    expect(currentTrace()).toBeUndefined();
  });
});
