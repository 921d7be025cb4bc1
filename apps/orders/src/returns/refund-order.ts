import { type CreateRefund, type Refund, type ordersService } from '@lethe/contracts';
import { IdempotencyKeys, type IdempotentOutcome, fingerprintOf } from '@lethe/idempotency';
import { money } from '@lethe/kernel';
import { type Unit, UnitOfWork } from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { assertCanBecome } from '../order/order.js';
import { type LockedOrder, lockOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/saga/order.saga.js';
import {
  ExceedsPaymentError,
  InvalidValueError,
  OrderMissingError,
  OrderNotFoundError,
  OrderUnderWayError,
  RefundMissingError,
} from '../orders.errors.js';
import { DEFAULT_TERMS, type WorkflowTerms } from '../workflow/workflow-inputs.js';
import type { OnceBy } from './return-goods.js';
import { READ_REFUND } from './refund.sql.js';
import { type BoughtRow, FIND_BOUGHT } from './return.sql.js';
import { claimRefund, takeBack } from './take-back.js';

/**
 * The staff gives money back without goods, once per user and key, and gives the answer to be sent: so much, or all that
 * is left. All the money of an order that has not left the house yet gives the order up: its goods go back on the shelf.
 * Throws an {@link OrderNotFoundError}, an `IllegalTransitionError` of an order that is not paid or wholly refunded, an
 * {@link ExceedsPaymentError}, an {@link OrderUnderWayError}, an {@link InvalidValueError}, and as `IdempotencyKeys.run`.
 */
export class RefundOrder extends Command<IdempotentOutcome> {
  constructor(
    readonly orderId: string,
    readonly request: CreateRefund,
    readonly by: OnceBy,
  ) {
    super();
  }
}

@CommandHandler(RefundOrder)
export class RefundOrderHandler implements ICommandHandler<RefundOrder> {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
    @Inject(CONFIG) private readonly terms: WorkflowTerms = DEFAULT_TERMS,
  ) {}

  execute({ orderId, request, by: { principal, key } }: RefundOrder): Promise<IdempotentOutcome> {
    const scope = { principal, method: 'POST', route: '/orders/:id/refunds' };
    const idempotent = { scope, key, fingerprint: fingerprintOf(request, { orderId }) };
    return this.keys.run(idempotent, (tx) =>
      this.units.within(tx, async (unit) => {
        const order = await lockOrder(tx, orderId, null);
        if (!order) throw new OrderNotFoundError();
        const body = await this.refund(unit, order, request);
        return { status: 201, headers: { location: `/orders/${orderId}` }, body };
      }),
    );
  }

  private async refund(unit: Unit<typeof ordersService>, order: LockedOrder, request: CreateRefund): Promise<Refund> {
    const { state, id: orderId, total } = order;
    const { amount: asked, reason } = request;
    assertCanBecome(state, 'refunded');
    if (asked !== undefined && asked.currency !== total.currency) {
      throw new InvalidValueError('/amount/currency', `the order is in ${total.currency}`);
    }
    const [bought] = await unit.tx.query<BoughtRow>(FIND_BOUGHT, [orderId]);
    const left = bought?.left ?? 0;
    const amount = asked?.amount ?? left;
    if (amount > left || amount === 0) throw new ExceedsPaymentError(money(left, total.currency));
    if (amount === left && state === 'fulfilling') throw new OrderUnderWayError();
    if (amount === left && state === 'confirmed') return this.giveUp(unit, order, reason);
    return this.read(unit, await claimRefund(unit, order, { amount, reason, terms: this.terms }));
  }

  private async giveUp(unit: Unit<typeof ordersService>, order: LockedOrder, reason: string): Promise<Refund> {
    const back = { items: 'everything', reason, request: 'refund-order', terms: this.terms } as const;
    const { refund } = await takeBack(unit, this.saga, order, back);
    if (!refund) throw new OrderMissingError(order.id);
    return this.read(unit, refund.id);
  }

  private async read({ tx }: Unit<typeof ordersService>, refundId: string): Promise<Refund> {
    const [row] = await tx.query<{ refund: Refund }>(READ_REFUND, [refundId]);
    if (!row) throw new RefundMissingError(refundId);
    return row.refund;
  }
}
