import { randomUUID } from 'node:crypto';
import type { OrderStatus, PaymentStatus } from '@lethe/contracts';
import { type Money, money } from '@lethe/kernel';
import type { FindRequest, PaymentGateway, Period } from '../src/payment/payment.gateway.js';
import type { PaymentState, ProviderPayment, ProviderRefund } from '../src/payment/payment.state.js';
import type { OrdersDatabase } from './orders-database.js';

/** What a provider has: lists of what it made in a period, and what it answers when it is asked for one thing. */
export class ProviderFixture implements Pick<PaymentGateway, 'payments' | 'refunds' | 'find' | 'refundsOf'> {
  readonly made: ProviderPayment[] = [];
  readonly givenBack: ProviderRefund[] = [];

  async *payments({ from, to }: Period): AsyncIterable<ProviderPayment> {
    yield* this.made.filter(({ createdAt }) => createdAt >= from && createdAt <= to).toReversed();
  }
  async *refunds({ from, to }: Period): AsyncIterable<ProviderRefund> {
    yield* this.givenBack.filter(({ createdAt }) => createdAt >= from && createdAt <= to).toReversed();
  }
  find({ paymentId }: FindRequest): Promise<PaymentState | undefined> {
    return Promise.resolve(this.made.find((it) => it.paymentId === paymentId)?.state);
  }
  refundsOf(paymentId: string): Promise<ProviderRefund[]> {
    return Promise.resolve(this.givenBack.filter((it) => it.paymentId === paymentId));
  }

  /** A payment that was captured, unless something else is said of it. */
  pay(given: Partial<ProviderPayment> & { readonly amount?: Money; readonly status?: PaymentState['status'] }): void {
    const { paymentId = `pi_${randomUUID()}`, amount = money(1_000, 'GBP'), status = 'captured' } = given;
    const state = stateOf(paymentId, status, amount);
    this.made.push({ paymentId, asked: amount, state, createdAt: new Date(0), ...given });
  }

  /** A refund that succeeded, unless something else is said of it. */
  giveBack(given: Partial<ProviderRefund> & { readonly paymentId: string }): void {
    const whole = { id: `re_${randomUUID()}`, amount: money(400, 'GBP'), createdAt: new Date(0) };
    this.givenBack.push({ ...whole, status: 'succeeded', ...given });
  }
}

export function stateOf(paymentId: string, status: PaymentState['status'], amount: Money): PaymentState {
  if (status === 'captured') return { status, paymentId, amount, refunded: money(0, amount.currency) };
  if (status === 'authorized') return { status, paymentId, amount };
  if (status === 'declined') return { status, paymentId, code: 'card_declined' };
  if (status === 'requires-action') return { status, paymentId, actionUrl: 'https://3ds.example' };
  return { status, paymentId };
}

/** An order and its payment, as our books have them. */
export interface KnownPayment {
  readonly orderId: string;
  readonly paymentId: string;
}

/** Writes an order with its payment of 10.00 GBP. */
export async function writePayment(
  orders: OrdersDatabase,
  askedAt: Date,
  {
    order = 'confirmed',
    payment = 'captured',
  }: { readonly order?: OrderStatus; readonly payment?: PaymentStatus } = {},
): Promise<KnownPayment> {
  const [orderId, paymentId] = [randomUUID(), `pi_${randomUUID()}`];
  await orders.run(
    `INSERT INTO orders (id, customer_id, status, currency, total, payment_token, placed_at)
     VALUES ($1, 'c', $2, 'GBP', 1000, 'tok_visa', $3)`,
    [orderId, order, askedAt],
  );
  await orders.run(
    `INSERT INTO payment (order_id, status, charge_id, first_requested_at, requested_at) VALUES ($1, $2, $3, $4, $4)`,
    [orderId, payment, payment === 'requested' ? null : paymentId, askedAt],
  );
  return { orderId, paymentId };
}

/** Writes a refund of 4.00 GBP and gives its id. */
export async function writeRefund(
  orders: OrdersDatabase,
  orderId: string,
  settledAt: Date,
  status: 'succeeded' | 'failed' = 'succeeded',
): Promise<string> {
  const refundId = randomUUID();
  await orders.run(
    `INSERT INTO refund (id, order_id, amount, status, reason, requested_at, settled_at)
     VALUES ($1, $2, 400, $3, 'broken', $4, $4)`,
    [refundId, orderId, status, settledAt],
  );
  return refundId;
}
