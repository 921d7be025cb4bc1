import { Database, type Statement } from '@lethe/database';
import { isUuid } from '@lethe/kernel';
import { columnsOf } from '@lethe/outbox';
import { PaymentGateway } from '../payment/payment.gateway.js';
import type { PaymentState, ProviderPayment, ProviderRefund } from '../payment/payment.state.js';
import {
  LEARN_SIZES,
  STAGE_PAYMENTS,
  STAGE_REFUNDS,
  UNSEEN_PAYMENTS,
  UNSEEN_REFUNDS,
  type UnseenPaymentRow,
  type UnseenRefundRow,
} from './stage.sql.js';

/** One try at one run, and its period. */
export interface Attempt {
  readonly runId: string;
  readonly attempt: number;
  readonly from: Date;
  readonly until: Date;
}

type Books = Pick<PaymentGateway, 'payments' | 'refunds' | 'find' | 'refundsOf'>;

/** Rows written at once: all that is held in memory, however long the provider's lists are. */
export const BATCH = 500;
/** What our clock and the provider's differ by, and how long after it was first asked it may make a payment. */
const MARGIN_MS = 3_600_000;
/** How many that its lists lack the provider is asked for one by one. Of more, a difference is likely enough. */
const ASKED_AT_MOST = 500;

/** Copies what the provider says of a period into the database, where it is compared. */
export class ProviderBooks {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly gateway: Books,
  ) {}

  /** Throws as the gateway does, and the signal's reason where it is aborted meanwhile. */
  async copy(attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { from, until } = attempt;
    const period = { from: new Date(from.getTime() - MARGIN_MS), to: new Date(until.getTime() + MARGIN_MS) };
    await this.#stage(attempt, STAGE_PAYMENTS, mapped(this.gateway.payments(period), paymentRow), signal);
    await this.#stage(attempt, STAGE_REFUNDS, mapped(this.gateway.refunds(period), refundRow), signal);
    await this.database.query(LEARN_SIZES);
    // Lists are of when the provider made a thing, which may be long after it was asked: before it is called missing, ask.
    await this.#stage(attempt, STAGE_PAYMENTS, this.#askForPayments(attempt), signal);
    await this.#stage(attempt, STAGE_REFUNDS, this.#askForRefunds(attempt), signal);
  }

  async #stage(
    { runId, attempt }: Attempt,
    into: Statement,
    rows: AsyncIterable<readonly unknown[]>,
    signal: AbortSignal,
  ): Promise<void> {
    let batch: (readonly unknown[])[] = [];
    const write = async (): Promise<void> => {
      signal.throwIfAborted();
      if (batch.length > 0) await this.database.query(into, [runId, attempt, ...columnsOf(batch, 7)]);
      batch = [];
    };
    for await (const row of rows) {
      batch.push(row);
      if (batch.length >= BATCH) await write();
    }
    await write();
  }

  async *#askForPayments({ runId, attempt, from, until }: Attempt): AsyncIterable<readonly unknown[]> {
    const values = [runId, attempt, from, until, ASKED_AT_MOST];
    for (const unseen of await this.database.query<UnseenPaymentRow>(UNSEEN_PAYMENTS, values)) {
      const { order_id: orderId, payment_id: paymentId, asked_at: since } = unseen;
      const state = await this.gateway.find({ orderId, paymentId, since });
      if (state?.paymentId !== undefined) yield stateRow(state.paymentId, orderId, state, undefined, null);
    }
  }

  async *#askForRefunds({ runId, attempt, from, until }: Attempt): AsyncIterable<readonly unknown[]> {
    const values = [runId, attempt, from, until, ASKED_AT_MOST];
    for (const { payment_id: paymentId } of await this.database.query<UnseenRefundRow>(UNSEEN_REFUNDS, values)) {
      for (const refund of await this.gateway.refundsOf(paymentId)) yield refundRow(refund);
    }
  }
}

async function* mapped<T>(
  items: AsyncIterable<T>,
  row: (item: T) => readonly unknown[],
): AsyncIterable<readonly unknown[]> {
  for await (const item of items) yield row(item);
}

function paymentRow({ paymentId, orderId, asked, state, createdAt }: ProviderPayment): readonly unknown[] {
  return stateRow(paymentId, orderId, state, asked, createdAt);
}

function stateRow(
  paymentId: string,
  orderId: string | undefined,
  state: PaymentState,
  asked: ProviderPayment['asked'] | undefined,
  createdAt: Date | null,
): readonly unknown[] {
  const amount = 'amount' in state ? state.amount : asked;
  const refunded = state.status === 'captured' ? state.refunded.amount : 0;
  const values = [state.status, amount?.amount ?? null, refunded, amount?.currency ?? null, createdAt];
  return [paymentId, uuidOrNull(orderId), ...values];
}

function refundRow({ id, refundId, paymentId, status, amount, createdAt }: ProviderRefund): readonly unknown[] {
  return [id, uuidOrNull(refundId), paymentId, status, amount.amount, amount.currency, createdAt];
}

/** The provider keeps what others wrote there as well. */
function uuidOrNull(id: string | undefined): string | null {
  return id !== undefined && isUuid(id) ? id : null;
}
