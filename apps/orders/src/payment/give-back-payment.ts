import { VoidPayment, type ordersService } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { lockKnownOrder } from '../order/order.rows.js';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../orders.errors.js';
import { askAgainAt } from './ask-again.js';
import { SETTLE_MS, findPayment } from './find-payment.js';
import { NOTHING_TO_PAY } from './pay-order.js';
import { PaymentGateway } from './payment.gateway.js';
import { PaymentMetrics } from './payment.metrics.js';
import { FIND_UNWANTED, FIND_PAYMENT, type UnwantedRow, type PaymentRow, SETTLE_PAYMENT } from './payment.sql.js';
import type { PaymentState } from './payment.state.js';

/**
 * Gives back what was set aside or taken for an order that ended while it was being paid: lets go of it, or where it was
 * captured, refunds it. Goes on asking until the provider has answered, however long that takes.
 */
export class GiveBackPayment extends Command<void> {
  constructor(readonly message: MessageOf<typeof VoidPayment>) {
    super();
  }
}

@CommandHandler(GiveBackPayment)
export class GiveBackPaymentHandler implements ICommandHandler<GiveBackPayment> {
  private readonly logger = new Logger('GiveBackPayment');

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly gateway: PaymentGateway,
    private readonly metrics: PaymentMetrics,
  ) {}

  async execute({ message }: GiveBackPayment): Promise<void> {
    const { orderId } = message.data;
    const [payment] = await this.database.query<UnwantedRow>(FIND_UNWANTED, [orderId]);
    if (!payment || payment.status === 'voided' || payment.status === 'declined') return;
    const state = await this.letGo(orderId, payment);
    await (state === 'unknown' ? this.askAgain(message, payment) : this.settle(message, state));
  }

  /** What is left when nothing of it is with us any more; `unknown` where the provider has not said so yet. */
  private async letGo(orderId: string, payment: UnwantedRow): Promise<PaymentState | undefined | 'unknown'> {
    if (payment.paymentId === NOTHING_TO_PAY) return undefined;
    try {
      return await this.metrics.watch(async () => {
        const found = await findPayment(this.gateway, orderId, payment);
        if (!found && payment.ageMs < SETTLE_MS) {
          throw new RetryLater(Math.ceil((SETTLE_MS - payment.ageMs) / 1_000), 'the payment may still be on its way');
        }
        return found && this.undo(orderId, found, payment);
      });
    } catch (error) {
      if (!(error instanceof PaymentOutcomeUnknownError || error instanceof PaymentRefusedError)) throw error;
      this.logger.error(`the payment of order ${orderId} could not be voided yet: ${error.message}`);
      return 'unknown';
    }
  }

  private async undo(orderId: string, found: PaymentState, order: UnwantedRow): Promise<PaymentState | 'unknown'> {
    const isOpen = found.status !== 'declined' && found.status !== 'voided' && found.status !== 'captured';
    const state = isOpen ? await this.gateway.void(found.paymentId, `${orderId}:void`) : found;
    // Some payments cannot be let go while they are processed; what becomes of them is seen at the next look.
    if (state.status === 'declined' || state.status === 'voided') return state;
    if (state.status !== 'captured') return 'unknown';
    const left = state.amount.amount - state.refunded.amount;
    if (left === 0) return state;
    const amount = money(left, order.currency);
    const request = { paymentId: state.paymentId, amount, refundId: orderId, orderId };
    const { status } = await this.gateway.refund(request, `${orderId}:give-back`);
    if (status === 'failed') {
      this.logger.error(`the provider cannot give back ${left} ${order.currency} of order ${orderId}: see to it`);
      this.metrics.refund('failed');
      return 'unknown';
    }
    this.metrics.refund('succeeded');
    return state;
  }

  private async settle(message: MessageOf<typeof VoidPayment>, state: PaymentState | undefined): Promise<void> {
    const { orderId } = message.data;
    const paymentId = state?.paymentId ?? null;
    const status = state?.status === 'declined' ? 'declined' : 'voided';
    const settled = await this.units.once(message, async ({ tx }) => {
      await lockKnownOrder(tx, orderId);
      const [now] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
      // A late answer may have come in between and told of a payment; whoever wrote it sent a VoidPayment of its own.
      if (paymentId === null && now?.paymentId !== null && now?.paymentId !== NOTHING_TO_PAY) return false;
      await tx.query(SETTLE_PAYMENT, [orderId, status, paymentId, null]);
      return true;
    });
    if (settled === true) this.metrics.payment(status);
  }

  /** By a message of its own: the receives of one are counted, and money is not to end in a dead-letter queue. */
  private async askAgain(message: MessageOf<typeof VoidPayment>, { ageMs }: PaymentRow): Promise<void> {
    const { orderId } = message.data;
    await this.units.once(message, ({ schedule }) => {
      schedule(VoidPayment, { orderId }, { key: orderId, deliverAt: askAgainAt(ageMs) });
      return Promise.resolve();
    });
  }
}
