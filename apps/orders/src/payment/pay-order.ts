import { AuthorizePayment, OrderConfirmed, type OrderStatus, VoidPayment, type ordersService } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import type { SagaStep } from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import type { MessageOf } from '@lethe/topology';
import { Inject, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { LockedOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/saga/order.saga.js';
import { CAPTURE_PAYMENT, type PaidOrderRow } from '../order/order.sql.js';
import type { OrdersConfig } from '../orders.config.js';
import { OrderMissingError } from '../orders.errors.js';
import { findPayment } from './find-payment.js';
import { assertNotHeldUp } from './held-up.js';
import { type AuthorizeRequest, PaymentGateway } from './payment.gateway.js';
import { PaymentMetrics } from './payment.metrics.js';
import {
  type DuePaymentRow,
  FIND_PAYMENT,
  HOLD_PAYMENT,
  type PaymentRow,
  REQUEST_PAYMENT,
  SETTLE_PAYMENT,
} from './payment.sql.js';
import type { PaymentState } from './payment.state.js';
import { isRefusal } from './refusal.js';
import { rejectUnpaid } from './reject-unpaid.js';

type Step<To extends OrderStatus> = SagaStep<OrderStatus, To, typeof ordersService, LockedOrder>;

/** The provider's id of the payment of an order that costs nothing: it is not asked. */
export const NOTHING_TO_PAY = 'none';
/** Half the time for which the provider remembers a key (24 hours at Stripe): afterwards it is looked for, not asked. */
const KEY_LIFE_MS = 12 * 3_600_000;
/** After how long a payment that the provider is still processing is asked about, if no webhook comes before. */
const PROCESSING_MS = 10_000;

/**
 * Goes on with the payment of a reserved order from wherever it is: has the money set aside, takes it if the order is
 * still reserved, and brings the order to its end. Where the outcome of a call is unknown it throws, and the next
 * delivery asks again by the same key: the provider charges an order at most once.
 */
export class PayOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof AuthorizePayment>) {
    super();
  }
}

@CommandHandler(PayOrder)
export class PayOrderHandler implements ICommandHandler<PayOrder> {
  private readonly logger = new Logger('PayOrder');

  constructor(
    private readonly database: Database,
    private readonly saga: OrderSaga,
    private readonly gateway: PaymentGateway,
    private readonly metrics: PaymentMetrics,
    @Inject(CONFIG) private readonly config: Pick<OrdersConfig, 'PUBLIC_URL'>,
  ) {}

  async execute({ message }: PayOrder): Promise<void> {
    const { orderId } = message.data;
    const [due] = await this.database.query<DuePaymentRow>(REQUEST_PAYMENT, [orderId]);
    // Paid, rejected or cancelled meanwhile. Whoever ended it after we had asked also sent VoidPayment.
    if (!due) return;
    const asked = await this.metrics.watch(() => this.ask(orderId, due));
    const state = asked.status === 'authorized' ? await this.capture(orderId, asked) : asked;
    const giveBack = (step: Step<never>) => this.giveBack(step, state);
    const answer = await this.saga.onMessage(message, orderId, {
      reserved: (step) => this.settle(step, state),
      cancelled: giveBack,
      rejected: giveBack,
    });
    if (answer.outcome !== 'ignored') this.metrics.payment(state.status);
  }

  /** How things stand with the payment now. Asks for the money only where there is no payment yet that could be asked about. */
  private async ask(orderId: string, due: DuePaymentRow): Promise<PaymentState> {
    const { currency, paymentToken, paymentId, firstAsked } = due;
    const total = money(due.total, currency);
    if (total.amount === 0) {
      return { status: 'captured', paymentId: NOTHING_TO_PAY, amount: total, refunded: total };
    }
    const keyIsOld = due.lastAsked.getTime() - firstAsked.getTime() > KEY_LIFE_MS;
    const known = paymentId !== null || keyIsOld ? await findPayment(this.gateway, orderId, due) : undefined;
    return known ?? this.authorize({ orderId, total, paymentToken, returnUrl: `${this.config.PUBLIC_URL}/` }, due);
  }

  private async authorize(request: AuthorizeRequest, due: DuePaymentRow): Promise<PaymentState> {
    const { orderId } = request;
    assertNotHeldUp('authorize', orderId, due.dueAt);
    try {
      return await this.gateway.authorize(request, `${orderId}:authorize`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Too little to be charged, say. Or our request differs from the one before it, as after a deployment: then there is one.
      const found = await findPayment(this.gateway, orderId, due);
      if (!found) this.logger.error(`the provider refuses the payment of order ${orderId}: ${error.message}`);
      return found ?? { status: 'declined', code: error.code };
    }
  }

  /** Takes the money, unless the order ended while it was being set aside. */
  private async capture(
    orderId: string,
    authorized: PaymentState & { readonly status: 'authorized' },
  ): Promise<PaymentState> {
    const [held] = await this.database.query(HOLD_PAYMENT, [orderId, authorized.paymentId]);
    if (!held) return authorized;
    return this.metrics.watch(() => this.gateway.capture(authorized.paymentId, `${orderId}:capture`));
  }

  private async settle(step: Step<'paid' | 'rejected'>, state: PaymentState): Promise<void> {
    const { tx, saga, schedule } = step;
    const { id: orderId } = saga;
    if (state.status === 'captured') return this.confirm(step, state.paymentId);
    const actionUrl = state.status === 'requires-action' ? state.actionUrl : null;
    await tx.query(SETTLE_PAYMENT, [orderId, state.status, state.paymentId ?? null, actionUrl]);
    // Voided though the order is not: the authorization ran out, or somebody let go of it at the provider's.
    if (state.status === 'declined' || state.status === 'voided') await rejectUnpaid(step, 'payment-declined');
    // A webhook that came before this commit found nothing that waited.
    if (state.status === 'processing') {
      schedule(AuthorizePayment, { orderId }, { key: orderId, deliverAt: Date.now() + PROCESSING_MS });
    }
  }

  private async confirm({ tx, saga, become, emit }: Step<'paid'>, paymentId: string): Promise<void> {
    const { id: orderId, placedAt, total } = saga;
    const [order] = await tx.query<PaidOrderRow>(CAPTURE_PAYMENT, [orderId, paymentId]);
    if (!order) throw new OrderMissingError(orderId);
    become(['paid', 'confirmed']);
    const { items, at, customer, country } = order;
    const buyer = { customer, ...(country === null ? {} : { country }) };
    const data = { orderId, placedAt, confirmedAt: at.toISOString(), total, items, ...buyer };
    emit(OrderConfirmed, data, { key: orderId });
  }

  /** The order ended while the provider was asked. Money that was set aside or taken goes back, by a command of its own. */
  private async giveBack({ tx, saga: { id: orderId }, emit }: Step<never>, state: PaymentState): Promise<void> {
    const [payment] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    const settled = payment?.status === 'voided' || payment?.status === 'declined';
    if (!payment || (settled && payment.paymentId === (state.paymentId ?? null))) return;
    await tx.query(SETTLE_PAYMENT, [orderId, state.status, state.paymentId ?? null, null]);
    if (state.status !== 'declined' && state.status !== 'voided') emit(VoidPayment, { orderId }, { key: orderId });
  }
}
