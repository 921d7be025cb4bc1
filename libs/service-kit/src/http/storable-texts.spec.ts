import { describe, expect, it } from '@jest/globals';
import { nulFaults } from './storable-texts.js';

describe('nulFaults', () => {
  it('S43: points at every text that holds U+0000', () => {
    const body = {
      name: 'a\u0000',
      items: [{ note: 'fine' }, { note: '\u0000' }],
      'a/b': '\u0000',
      count: 1,
      gone: null,
    };

    expect(nulFaults(body, '').map(({ pointer }) => pointer)).toEqual(['/name', '/items/1/note', '/a~1b']);
    expect(nulFaults('x\u0000', '#query/q')).toHaveLength(1);
  });

  it('finds nothing where there is none', () => {
    expect(nulFaults({ name: 'a', list: ['b', 1, true, null] }, '')).toEqual([]);
    expect(nulFaults(undefined, '')).toEqual([]);
  });
});
