import { describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { InvalidSignatureError } from '../../orders.errors.js';
import { readNotice } from './stripe.notice.js';

const OLD = 'whsec_old';
const NEW = 'whsec_new';
const now = () => Math.floor(Date.now() / 1_000);

const intent = { object: 'payment_intent', id: 'pi_1', metadata: { order_id: 'o1' } };
const event = (object: unknown = intent, type = 'payment_intent.succeeded') =>
  JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });

/** As Stripe signs. */
const sign = (payload: string, secret: string, timestamp = now()) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

const read = (payload: string, signature: string, secrets: readonly string[] = [NEW]) =>
  readNotice(Buffer.from(payload), signature, secrets);

describe('readNotice', () => {
  it('tells which payment of which order an event is about', () => {
    expect(read(event(), sign(event(), NEW))).toEqual({
      id: 'evt_1',
      type: 'payment_intent.succeeded',
      paymentId: 'pi_1',
      orderId: 'o1',
    });
  });

  it('tells which refund, too', () => {
    const refund = { object: 'refund', payment_intent: 'pi_1', metadata: { order_id: 'o1', refund_id: 'r1' } };
    const payload = event(refund, 'refund.failed');

    expect(read(payload, sign(payload, NEW))).toMatchObject({
      paymentId: 'pi_1',
      refundId: 'r1',
      type: 'refund.failed',
    });
  });

  it.each([
    ['is missing', () => ''],
    ['is by another secret', () => sign(event(), OLD)],
    ['is of another body', () => sign(`${event()} `, NEW)],
    ['is no signature', () => 'v1=abc'],
    ['is of another scheme', () => sign(event(), NEW).replace('v1=', 'v0=')],
    ['is more than five minutes old', () => sign(event(), NEW, now() - 301)],
    ['is a good one whose time was changed', () => sign(event(), NEW, now() - 301).replace(/t=\d+/, `t=${now()}`)],
  ])('refuses a signature that %s', (_, signature) => {
    expect(() => read(event(), signature())).toThrow(InvalidSignatureError);
  });

  it('S36: takes the old secret and the new one while one takes the place of the other', () => {
    for (const secret of [OLD, NEW]) expect(read(event(), sign(event(), secret), [NEW, OLD])).toBeDefined();
    // Stripe then signs by both.
    const both = `${sign(event(), OLD)},${sign(event(), NEW).split(',')[1]}`;

    expect(read(event(), both, [NEW])).toBeDefined();
    expect(read(event(), both, [OLD])).toBeDefined();
  });

  it('believes nobody without a secret', () => {
    expect(() => read(event(), sign(event(), NEW), [])).toThrow(InvalidSignatureError);
  });

  it('takes a few minutes of difference between the clocks (R36)', () => {
    for (const seconds of [-290, 290]) expect(read(event(), sign(event(), NEW, now() + seconds))).toBeDefined();
  });

  it.each([
    ['about nothing of ours', event({ object: 'payment_intent', id: 'pi_1', metadata: {} })],
    ['about a customer', event({ object: 'customer', id: 'cus_1' }, 'customer.created')],
    ['no event', '{"hello":"world"}'],
    ['no JSON', 'hello'],
  ])('has nothing to say of a signed body that is %s', (_, payload) => {
    expect(read(payload, sign(payload, NEW))).toBeUndefined();
  });
});
