import { describe, expect, it } from '@jest/globals';
import { searchTermsOf } from './search-terms.js';

describe('searchTermsOf', () => {
  it.each([
    ['lant', '', 'lant'],
    ['white lant', 'white', 'lant'],
    ['22423', '', '22423'],
    ['crème brûlée', 'crème', 'brûlée'],
    ['corporate', '', 'corporate'],
  ])('takes the last word of %j as a beginning', (q, web, prefix) => {
    expect(searchTermsOf(q)).toEqual({ web, prefix });
  });

  it.each(['"white metal" lantern', 'lantern -red', 'red or blue', "cat's", 'lantern!', "x':*", '& | !'])(
    'leaves %j to the query language',
    (q) => {
      expect(searchTermsOf(q)).toEqual({ web: q, prefix: null });
    },
  );
});
