import { type VoidPayment } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { RetryLater } from '@lethe/messaging';
import { Inbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { lockKnownOrder } from '../order/order.rows.js';
import { type KnownCharge, ChargeGateway } from './charge.gateway.js';
import { FIND_PAYMENT, type PaymentRow, SETTLE_PAYMENT } from './payment.sql.js';

/**
 * How long a request to the provider may still be on its way after we gave up on it. Younger than that, "no such
 * charge" may mean "not yet".
 */
export const SETTLE_MS = 30_000;

/** Gives back what was taken for an order that ended while it was being paid. */
export class GiveBackPayment extends Command<void> {
  constructor(readonly message: MessageOf<typeof VoidPayment>) {
    super();
  }
}

@CommandHandler(GiveBackPayment)
export class GiveBackPaymentHandler implements ICommandHandler<GiveBackPayment> {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox,
    private readonly gateway: ChargeGateway,
  ) {}

  async execute({ message }: GiveBackPayment): Promise<void> {
    const { orderId } = message.data;
    const [payment] = await this.database.query<PaymentRow>(FIND_PAYMENT, [orderId]);
    if (!payment || payment.status === 'voided' || payment.status === 'declined') return;
    const charge = await this.chargeOf(orderId, payment);
    if (charge?.status === 'captured') await this.gateway.refund(charge.chargeId);
    const chargeId = charge && charge.status !== 'failed' ? charge.chargeId : null;
    const status = charge?.status === 'failed' ? 'declined' : 'voided';
    await this.inbox.once(message, async (tx) => {
      await lockKnownOrder(tx, orderId);
      const [now] = await tx.query<PaymentRow>(FIND_PAYMENT, [orderId]);
      // A late answer to the charge may have come in between; it sent a VoidPayment of its own.
      if (now?.status !== 'captured' || now.charge_id === chargeId) {
        await tx.query(SETTLE_PAYMENT, [orderId, status, chargeId]);
      }
    });
  }

  /** What there is to give back. Throws {@link RetryLater} while that is not certain. */
  private async chargeOf(orderId: string, payment: PaymentRow): Promise<KnownCharge | undefined> {
    if (payment.charge_id !== null) return { status: 'captured', chargeId: payment.charge_id };
    const charge = await this.gateway.find(orderId);
    if (!charge && payment.age_ms < SETTLE_MS) {
      throw new RetryLater(Math.ceil((SETTLE_MS - payment.age_ms) / 1_000), 'the charge may still be on its way');
    }
    return charge;
  }
}
