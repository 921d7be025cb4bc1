import { describe, expect, it } from '@jest/globals';
import { EmptyPeriodError } from '../analytics.errors.js';
import { boundsOf, periodOf } from './period.js';

const iso = ({ from, to }: ReturnType<typeof periodOf>): (string | undefined)[] => [
  from?.toISOString(),
  to?.toISOString(),
];

describe('periodOf', () => {
  it('takes a date as its first instant at the beginning and as the whole day at the end', () => {
    expect(iso(periodOf({ from: '2010-12-01', to: '2010-12-01' }))).toEqual([
      '2010-12-01T00:00:00.000Z',
      '2010-12-02T00:00:00.000Z',
    ]);
  });

  it('takes a time as itself, wherever its offset', () => {
    expect(iso(periodOf({ from: '2010-12-01T00:00:00+01:00', to: '2010-12-01T00:00:00Z' }))).toEqual([
      '2010-11-30T23:00:00.000Z',
      '2010-12-01T00:00:00.000Z',
    ]);
  });

  it('is open where an end is missing', () => {
    expect(boundsOf(periodOf({}))).toEqual(['-infinity', 'infinity']);
  });

  it.each([
    { from: '2010-12-02', to: '2010-12-01' },
    { from: '2010-12-01T10:00:00Z', to: '2010-12-01T10:00:00Z' },
    { from: '2010-12-01T10:00:00Z', to: '2010-12-01T10:30:00+01:00' },
  ])('refuses a period that ends before it begins: %j', (query) => {
    expect(() => periodOf(query)).toThrow(EmptyPeriodError);
  });
});
