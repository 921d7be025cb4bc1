import { type CreateReturn, type ordersService } from '@lethe/contracts';
import { IdempotencyKeys, type IdempotentOutcome, fingerprintOf } from '@lethe/idempotency';
import { UnitOfWork } from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { mergeItems } from '../order/order.js';
import { lockOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/saga/order.saga.js';
import { OrderNotFoundError, OrderUnderWayError } from '../orders.errors.js';
import { DEFAULT_TERMS, type WorkflowTerms } from '../workflow/workflow-inputs.js';
import { takeBack } from './take-back.js';

/** Who asks for something once: the signed-in user and their key. */
export interface OnceBy {
  readonly principal: string;
  readonly key: string;
}

/**
 * The staff takes goods back, once per user and key, and gives the answer to be sent. Throws an
 * {@link OrderNotFoundError}, an {@link OrderUnderWayError}, and as `takeBack` and `IdempotencyKeys.run` do.
 */
export class ReturnGoods extends Command<IdempotentOutcome> {
  constructor(
    readonly orderId: string,
    readonly request: CreateReturn,
    readonly by: OnceBy,
  ) {
    super();
  }
}

@CommandHandler(ReturnGoods)
export class ReturnGoodsHandler implements ICommandHandler<ReturnGoods> {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
    @Inject(CONFIG) private readonly terms: WorkflowTerms = DEFAULT_TERMS,
  ) {}

  execute({ orderId, request, by: { principal, key } }: ReturnGoods): Promise<IdempotentOutcome> {
    const scope = { principal, method: 'POST', route: '/orders/:id/returns' };
    const idempotent = { scope, key, fingerprint: fingerprintOf(request, { orderId }) };
    const { reason } = request;
    const { terms } = this;
    const items = mergeItems(request.items);
    return this.keys.run(idempotent, (tx) =>
      this.units.within(tx, async (unit) => {
        const order = await lockOrder(tx, orderId, null);
        if (!order) throw new OrderNotFoundError();
        // The warehouse is at it: what it cannot send it gives up by itself.
        if (order.state === 'fulfilling') throw new OrderUnderWayError();
        const body = await takeBack(unit, this.saga, order, { items, reason, request: 'return-goods', terms });
        return { status: 201, headers: { location: `/orders/${orderId}` }, body };
      }),
    );
  }
}
