import { describe, expect, it } from '@jest/globals';
import { PaymentError } from '../payment-simulator.errors.js';
import { parseForm } from './form.js';

describe('parseForm', () => {
  it('reads objects and lists as the stripe package writes them', () => {
    const form = parseForm('amount=5&metadata[order_id]=a%26b&card[a][b]=1&expand[]=x&expand[]=y&list[0]=p&list[1]=q');

    expect(form).toEqual({
      amount: '5',
      metadata: { order_id: 'a&b' },
      card: { a: { b: '1' } },
      expand: ['x', 'y'],
      list: ['p', 'q'],
    });
  });

  it('reads nothing as nothing', () => {
    expect(parseForm('')).toEqual({});
  });

  it.each([
    'a=1&a=2',
    'a=1&a[b]=2',
    'a[b]=1&a=2',
    'a[]=1&a[b]=2',
    '__proto__[x]=1',
    'a[__proto__][x]=1',
    'constructor=1',
    'a[b=1',
    'a[b]c=1',
    '=1',
    '[]=1',
    'a[b][c][d][e][f]=1',
    'ä=1',
    Array.from({ length: 201 }, (_, at) => `a${at}=1`).join('&'),
  ])('S43: refuses %s', (text) => {
    expect(() => parseForm(text)).toThrow(PaymentError);
  });
});
