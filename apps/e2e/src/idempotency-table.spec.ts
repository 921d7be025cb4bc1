import { describe, expect, it } from '@jest/globals';
import { accessTable } from './access-table.js';
import { type Repeat, idempotencyTable } from './idempotency-table.js';

const entries = Object.entries(idempotencyTable);
const of = (by: Repeat['by']): string[] => entries.filter(([, repeat]) => repeat.by === by).map(([route]) => route);

describe('the table of repeats', () => {
  it('I1: names every route that changes something, and no other', () => {
    const changing = Object.keys(accessTable).filter((route) => !route.startsWith('GET '));

    expect(Object.keys(idempotencyTable).toSorted()).toEqual(changing.toSorted());
  });

  it('I13: asks for no key where the method alone makes a repeat harmless', () => {
    expect(of('key').filter((route) => !/^(POST|PATCH) /.test(route))).toEqual([]);
  });

  it('keeps no answer of a route that hands out secrets: none of auth takes a key', () => {
    expect(of('key').filter((route) => route.includes(' /auth/'))).toEqual([]);
    expect(of('secret')).toEqual(
      expect.arrayContaining(['POST /auth/login', 'POST /auth/refresh', 'POST /auth/token', 'POST /auth/totp']),
    );
  });
});
