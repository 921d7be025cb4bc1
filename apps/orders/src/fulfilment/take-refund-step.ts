import {
  RefundPayment,
  type RefundStep,
  type RefundStepAnswer,
  RestockReturn,
  type ordersService,
} from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderSaga } from '../order/saga/order.saga.js';
import { RefundNotFoundError, StepOvertakenError } from '../orders.errors.js';
import { RefundMoney } from '../payment/refund-payment.js';
import { FIND_REFUND, type RefundRow } from '../returns/refund.sql.js';
import { settleRefund } from '../returns/settle-refund.js';
import { type ApprovalRow, ASK_APPROVAL, GOODS_OF_RETURN, type GoodsRow } from './fulfilment.sql.js';

/**
 * Does a step of a refund; each may be asked for again. Throws a {@link RefundNotFoundError}, a {@link StepOvertakenError}
 * where the refund is settled in a way that leaves no room for the step.
 */
export class TakeRefundStep extends Command<RefundStepAnswer> {
  constructor(
    readonly refundId: string,
    readonly step: RefundStep,
  ) {
    super();
  }
}

type Answer = Pick<RefundStepAnswer, 'decision'>;

@CommandHandler(TakeRefundStep)
export class TakeRefundStepHandler implements ICommandHandler<TakeRefundStep> {
  private readonly steps: Readonly<Record<RefundStep, (refund: RefundRow) => Promise<Answer>>> = {
    approval: (refund) => this.ask(refund),
    restock: (refund) => this.restock(refund),
    pay: (refund) => this.pay(refund),
    check: () => Promise.resolve({}),
    refuse: (refund) => this.refuse(refund),
  };

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
    private readonly commands: CommandBus,
  ) {}

  async execute({ refundId, step }: TakeRefundStep): Promise<RefundStepAnswer> {
    const answer = await this.steps[step](await this.find(refundId));
    const { status } = await this.find(refundId);
    return { refundId, step, status, ...answer };
  }

  private async find(refundId: string): Promise<RefundRow> {
    const [refund] = await this.database.query<RefundRow>(FIND_REFUND, [refundId]);
    if (!refund) throw new RefundNotFoundError();
    return refund;
  }

  private async ask({ id, order_id }: RefundRow): Promise<Answer> {
    const [approval] = await this.database.query<ApprovalRow>(ASK_APPROVAL, [order_id, id]);
    return { decision: approval?.decision ?? 'pending' };
  }

  /** The catalogue puts the goods of a return back once, however often it is told to. */
  private async restock({ return_id: returnId, order_id: orderId }: RefundRow): Promise<Answer> {
    if (returnId === null) return {};
    const [row] = await this.database.query<GoodsRow>(GOODS_OF_RETURN, [returnId]);
    const items = row?.items ?? [];
    await this.units.run(async ({ emit }) => {
      emit(RestockReturn, { orderId, returnId, items }, { key: orderId });
    });
    return {};
  }

  /** Where the provider leaves it open, orders asks again by itself, and the workflow looks at the refund now and then. */
  private async pay({ id: refundId, order_id: orderId, status }: RefundRow): Promise<Answer> {
    if (status === 'failed') throw new StepOvertakenError('failed', 'succeeded');
    if (status === 'requested') await this.commands.execute(new RefundMoney(nowSaid({ orderId, refundId })));
    return {};
  }

  private async refuse({ id: refundId, order_id: orderId, status }: RefundRow): Promise<Answer> {
    if (status === 'succeeded') throw new StepOvertakenError('succeeded', 'failed');
    if (status === 'failed') return {};
    const cause = { id: uuidv7(), type: 'refuse-refund' };
    await settleRefund(this.saga, cause, { orderId, refundId }, { status: 'failed' });
    return {};
  }
}

/** The command that would have come by a queue: its id is new, since asking again is meant. */
const nowSaid = (data: { readonly orderId: string; readonly refundId: string }) => ({
  id: uuidv7(),
  type: RefundPayment.type,
  data,
});
