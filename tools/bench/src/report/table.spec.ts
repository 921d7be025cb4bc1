import { describe, expect, it } from '@jest/globals';
import { figure, markdownTable } from './table.js';

describe('markdownTable', () => {
  it('pads every column to its widest cell, the first to the right and the others to the left', () => {
    const table = markdownTable(
      ['name', 'n'],
      [
        ['a', '1,000'],
        ['longer', '2'],
      ],
    );

    expect(table.split('\n')).toEqual([
      '| name   |     n |',
      '| ------ | ----: |',
      '| a      | 1,000 |',
      '| longer |     2 |',
    ]);
  });
});

describe('figure', () => {
  it('groups thousands and keeps the decimals asked for', () => {
    expect([figure(12_345.6), figure(0.2, 3), figure(Number.NaN)]).toEqual(['12,346', '0.200', '-']);
  });
});
