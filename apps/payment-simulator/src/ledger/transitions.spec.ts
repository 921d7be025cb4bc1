import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PaymentError } from '../payment-simulator.errors.js';
import { type Payment, refundedOf } from './payment.js';
import { type Decision, authenticate, cancel, capture, confirm, create, refund, settle } from './transitions.js';

const circumstances = { now: 1_000_000, decline: false, settleMs: 10 };
const asked = { amount: 1_000, currency: 'gbp', captureMethod: 'manual' as const, metadata: {} };
const payment = (source = 'tok_visa'): Payment => create({ ...asked, source }, circumstances).payment;

type Step = (before: Payment, now: number) => Decision | undefined;
const STEPS: Readonly<Record<string, Step>> = {
  confirm: (before) => confirm(before, {}, circumstances),
  decline: (before) => confirm(before, { source: 'tok_chargeDeclined' }, circumstances),
  retry: (before) => confirm(before, { source: 'tok_visa' }, circumstances),
  approve: (before) => authenticate(before, true),
  fail: (before) => authenticate(before, false),
  capture: (before) => capture(before),
  captureSome: (before) => capture(before, 600),
  cancel: (before) => cancel(before, undefined, circumstances),
  refundSome: (before) => refund(before, { amount: 250, metadata: {} }, circumstances),
  refundRest: (before) => refund(before, { metadata: {} }, circumstances),
  settle: (before, now) => settle(before, now),
};

/** The payment after a step; as it was where the step is refused. */
function after(before: Payment, name: string, now: number): Payment {
  try {
    return STEPS[name]?.(before, now)?.payment ?? before;
  } catch (error) {
    if (error instanceof PaymentError) return before;
    throw error;
  }
}

describe('a payment', () => {
  it('C5: whatever happens to it, takes money at most once and gives back no more than it took', () => {
    const sources = ['tok_visa', 'tok_threeDSecure2Required', 'tok_processing', 'tok_refundFail', 'tok_pendingRefund'];
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 30 }),
        (source, steps) => {
          let [now, state] = [circumstances.now, payment(source)];
          const taken = new Set<number>();
          for (const step of steps) {
            const before = state;
            now += 7;
            state = after(before, step, now);
            if (state.received > 0) taken.add(state.received);
            expect(refundedOf(state)).toBeLessThanOrEqual(state.received);
            expect(state.received).toBeLessThanOrEqual(state.amount);
            expect(state.received > 0).toBe(state.status === 'succeeded');
            const isOver = before.status === 'canceled' || before.status === 'succeeded';
            expect(isOver && state.status !== before.status).toBe(false);
          }
          expect(taken.size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it.each([
    ['capture', payment()],
    ['approve', payment()],
    ['refundSome', payment()],
    ['confirm', { ...payment(), status: 'canceled' as const }],
    ['cancel', { ...payment(), status: 'succeeded' as const }],
  ])('refuses to %s where its state does not allow that', (step, before) => {
    expect(() => STEPS[step]?.(before, 0)).toThrow(
      expect.objectContaining({ status: 400, code: 'payment_intent_unexpected_state' }),
    );
  });

  it('is declined by a good card where declines are asked for', () => {
    const { payment: refused, refusal } = confirm(payment(), {}, { ...circumstances, decline: true });

    expect([refused.status, refusal?.code]).toEqual(['requires_payment_method', 'card_declined']);
  });

  it('settles when it is due, one thing at a time', () => {
    const waiting = confirm(payment('tok_processing'), {}, circumstances).payment;

    expect(settle(waiting, circumstances.now + 9)).toBeUndefined();
    const settled = settle(waiting, circumstances.now + 10)?.payment;
    expect(settled?.status).toBe('requires_capture');
    expect(settled && settle(settled, circumstances.now + 99)).toBeUndefined();
  });
});
