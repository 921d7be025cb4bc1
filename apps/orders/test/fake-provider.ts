import { type Money, money } from '@lethe/kernel';
import { InvalidSignatureError, PaymentOutcomeUnknownError, PaymentRefusedError } from '../src/orders.errors.js';
import {
  type AuthorizeRequest,
  type FindRequest,
  PaymentGateway,
  type Period,
  type RefundRequest,
} from '../src/payment/payment.gateway.js';
import type { PaymentNotice, PaymentState, ProviderPayment, ProviderRefund } from '../src/payment/payment.state.js';

type Operation = 'authorize' | 'capture' | 'void' | 'refund' | 'find' | 'refundsOf';
interface FakePayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly asked: Money;
  createdAt: Date;
  status: Exclude<PaymentState['status'], 'declined'> | 'declined';
}

/** What happens around a call: it may be refused before its effect, or its answer may be lost after it. */
export type Around = (operation: Operation, effect: () => Promise<unknown>) => Promise<unknown>;

/**
 * A payment provider in memory, strict where money is concerned: it takes and gives back once per key, never more than
 * there is, and forgets nothing but its keys.
 */
export class FakeProvider extends PaymentGateway {
  readonly #payments = new Map<string, FakePayment>();
  readonly #refunds: ProviderRefund[] = [];
  #keys = new Map<string, unknown>();
  /** Calls by operation, refused ones included. */
  readonly calls: Operation[] = [];
  around: Around = (_, effect) => effect();
  #refundStatus: ProviderRefund['status'] = 'succeeded';

  /** Lets the customer prove who they are, or the bank make up its mind. */
  becomes(orderId: string, status: FakePayment['status']): void {
    for (const payment of this.#payments.values()) if (payment.orderId === orderId) payment.status = status;
  }

  /** How the next refunds end. */
  refundsEnd(status: ProviderRefund['status']): void {
    this.#refundStatus = status;
  }

  /** How those end that were made. */
  settleRefunds(status: ProviderRefund['status']): void {
    for (const [at, refund] of this.#refunds.entries()) this.#refunds[at] = { ...refund, status };
  }

  /** As the provider does after a day. */
  forgetKeys(): void {
    this.#keys = new Map();
  }

  /** Lets time pass: its payments are so much older. */
  pass(milliseconds: number): void {
    for (const payment of this.#payments.values()) {
      payment.createdAt = new Date(payment.createdAt.getTime() - milliseconds);
    }
  }

  /** The states of an order's payments; one that is given back whole is `refunded`. */
  statesOf(orderId: string): string[] {
    return [...this.#payments.values()]
      .filter((payment) => payment.orderId === orderId)
      .map(({ paymentId, asked, status }) =>
        status === 'captured' && this.#givenBack(paymentId) === asked.amount ? 'refunded' : status,
      );
  }

  /** What the provider holds of ours: captured and not given back, in minor units. */
  heldOf(orderId: string): number {
    return [...this.#payments.values()]
      .filter((payment) => payment.orderId === orderId && payment.status === 'captured')
      .reduce((sum, { asked, paymentId }) => sum + asked.amount - this.#givenBack(paymentId), 0);
  }

  override authorize({ orderId, total, paymentToken }: AuthorizeRequest, key: string): Promise<PaymentState> {
    return this.#once('authorize', key, () => {
      const paymentId = `pi_${this.#payments.size + 1}`;
      const status = STATUS_OF[paymentToken] ?? 'authorized';
      this.#payments.set(paymentId, { paymentId, orderId, asked: total, createdAt: new Date(), status });
      return this.#stateOf(paymentId);
    });
  }

  override capture(paymentId: string, key: string): Promise<PaymentState> {
    return this.#once('capture', key, () => {
      const payment = this.#payment(paymentId);
      if (payment.status === 'authorized') payment.status = 'captured';
      return this.#stateOf(paymentId);
    });
  }

  override void(paymentId: string, key: string): Promise<PaymentState> {
    return this.#once('void', key, () => {
      const payment = this.#payment(paymentId);
      if (payment.status === 'authorized' || payment.status === 'requires-action') payment.status = 'voided';
      return this.#stateOf(paymentId);
    });
  }

  override refund({ paymentId, amount, refundId, orderId }: RefundRequest, key: string): Promise<ProviderRefund> {
    return this.#once('refund', key, () => {
      const { asked, status } = this.#payment(paymentId);
      if (status !== 'captured' || this.#givenBack(paymentId) + amount.amount > asked.amount) {
        throw new PaymentRefusedError('refund', refundId, 400, 'charge_already_refunded');
      }
      const id = `re_${this.#refunds.length + 1}`;
      const refund = { id, status: this.#refundStatus, paymentId, amount, refundId, orderId, createdAt: new Date() };
      this.#refunds.push(refund);
      return refund;
    });
  }

  override find({ orderId, paymentId, since, until }: FindRequest): Promise<PaymentState | undefined> {
    return this.#call('find', () => {
      if (paymentId !== undefined) return this.#stateOf(paymentId);
      const found = [...this.#payments.values()].find(
        (each) => each.orderId === orderId && each.createdAt >= since && (!until || each.createdAt <= until),
      );
      return found && this.#stateOf(found.paymentId);
    });
  }

  override refundsOf(paymentId: string): Promise<ProviderRefund[]> {
    return this.#call('refundsOf', () => this.#refunds.filter((refund) => refund.paymentId === paymentId));
  }

  override async *payments(_: Period): AsyncIterable<ProviderPayment> {
    yield* [];
  }

  override async *refunds(_: Period): AsyncIterable<ProviderRefund> {
    yield* this.#refunds;
  }

  override notice(rawBody: Buffer, signature: string): PaymentNotice | undefined {
    if (signature !== 'good') throw new InvalidSignatureError();
    const event = JSON.parse(rawBody.toString()) as PaymentNotice;
    return event.type.startsWith('payment') || event.type.startsWith('refund') ? event : undefined;
  }

  #payment(paymentId: string): FakePayment {
    const payment = this.#payments.get(paymentId);
    if (!payment) throw new PaymentRefusedError('find', paymentId, 404, 'resource_missing');
    return payment;
  }

  #givenBack(paymentId: string): number {
    return this.#refunds
      .filter((refund) => refund.paymentId === paymentId && refund.status !== 'failed')
      .reduce((sum, { amount }) => sum + amount.amount, 0);
  }

  #stateOf(paymentId: string): PaymentState {
    const { asked: amount, status } = this.#payment(paymentId);
    if (status === 'captured') {
      return { status, paymentId, amount, refunded: money(this.#givenBack(paymentId), amount.currency) };
    }
    if (status === 'authorized') return { status, paymentId, amount };
    if (status === 'declined') return { status, paymentId, code: 'card_declined' };
    if (status === 'requires-action') return { status, paymentId, actionUrl: `https://bank.example/3ds/${paymentId}` };
    return { status, paymentId };
  }

  /** A repeat by the same key has the first answer, as at the provider, even where it is not true any more. */
  #once<T>(operation: Operation, key: string, effect: () => T): Promise<T> {
    return this.#call(operation, () => {
      const name = `${operation} ${key}`;
      if (!this.#keys.has(name)) this.#keys.set(name, effect());
      return this.#keys.get(name) as T;
    });
  }

  async #call<T>(operation: Operation, effect: () => T): Promise<T> {
    this.calls.push(operation);
    return (await this.around(operation, async () => effect())) as T;
  }
}

const STATUS_OF: Readonly<Record<string, FakePayment['status']>> = {
  tok_chargeDeclined: 'declined',
  tok_threeDSecure2Required: 'requires-action',
  tok_processing: 'processing',
};

/** A provider that does not answer. */
export const unreachable: Around = (operation) => {
  const asked = operation === 'refundsOf' ? 'list' : operation;
  return Promise.reject(new PaymentOutcomeUnknownError(asked, 'test', 'no answer'));
};

/** A provider that does what it is asked and whose answer is lost. */
export const answersLost: Around = async (operation, effect) => {
  await effect();
  return unreachable(operation, effect);
};

/** Something that happens around one kind of call, once. */
export const onceAround = (operation: 'authorize' | 'capture', around: Around): Around => {
  let done = false;
  return (asked, effect) => {
    if (asked !== operation || done) return effect();
    done = true;
    return around(asked, effect);
  };
};
/** A replica that dies when the provider has done what it was asked. */
export const killedAfter: Around = async (_, effect) => {
  await effect();
  throw new Error('killed here');
};
