import { RefundPayment, type ordersService } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { money } from '@lethe/kernel';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderSaga } from '../order/saga/order.saga.js';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../orders.errors.js';
import { NOTE_PROVIDER_REFUND } from '../returns/refund.sql.js';
import { settleRefund } from '../returns/settle-refund.js';
import { askAgainAt } from './ask-again.js';
import { assertNotHeldUp } from './held-up.js';
import { PaymentGateway } from './payment.gateway.js';
import { PaymentMetrics } from './payment.metrics.js';
import { ASK_REFUND, type DueRefundRow } from './payment.sql.js';
import { isRefusal } from './refusal.js';

/** The command, by a queue or said at once by a workflow's step. */
type RefundRequest = Pick<MessageOf<typeof RefundPayment>, 'id' | 'type' | 'data'>;

interface Answer {
  readonly status: 'succeeded' | 'pending' | 'failed';
  /** The provider's; unknown where it refused. */
  readonly id?: string;
}

/**
 * Has the provider give back the money of a refund, once, and settles it with its order. Where the outcome is unknown or
 * still open it is asked again later, however long that takes; after the first time the provider's list is looked at
 * before anything is asked for, since keys are forgotten after a day and the list is not.
 */
export class RefundMoney extends Command<void> {
  constructor(readonly message: RefundRequest) {
    super();
  }
}

@CommandHandler(RefundMoney)
export class RefundMoneyHandler implements ICommandHandler<RefundMoney> {
  private readonly logger = new Logger('RefundMoney');

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly saga: OrderSaga,
    private readonly gateway: PaymentGateway,
    private readonly metrics: PaymentMetrics,
  ) {}

  async execute({ message }: RefundMoney): Promise<void> {
    const { orderId, refundId } = message.data;
    const [due] = await this.database.query<DueRefundRow>(ASK_REFUND, [refundId, orderId]);
    if (!due) return;
    const answer = await this.ask(message, due);
    if (!answer || answer.status === 'pending') return this.askAgain(message, due, answer?.id);
    const { status, id } = answer;
    const settled = await settleRefund(
      this.saga,
      message,
      { orderId, refundId },
      { status, ...(id === undefined ? {} : { providerRefundId: id }) },
    );
    if (settled.outcome === 'ignored') return;
    this.metrics.refund(status);
    if (status === 'failed') this.logger.error(`the provider cannot give back refund ${refundId} of order ${orderId}`);
  }

  /** Undefined where the provider did not say. */
  private async ask({ data }: RefundRequest, due: DueRefundRow): Promise<Answer | undefined> {
    const { orderId, refundId } = data;
    const { paymentId } = due;
    const made = async () => (await this.gateway.refundsOf(paymentId)).find((refund) => refund.refundId === refundId);
    const amount = money(due.amount, due.currency);
    try {
      return await this.metrics.watch(async () => {
        const known = due.asked ? await made() : undefined;
        if (known) return known;
        assertNotHeldUp('refund', refundId, due.dueAt);
        return this.gateway.refund({ paymentId, amount, refundId, orderId }, refundId);
      });
    } catch (error) {
      if (isRefusal(error)) return { status: 'failed' };
      if (!(error instanceof PaymentRefusedError || error instanceof PaymentOutcomeUnknownError)) throw error;
      this.logger.warn(`refund ${refundId} of order ${orderId} is not settled yet: ${error.message}`);
      return undefined;
    }
  }

  /** By a message of its own: the receives of one are counted, and money owed is not to end in a dead-letter queue. */
  private async askAgain(
    message: RefundRequest,
    { openMs }: DueRefundRow,
    providerRefundId: string | undefined,
  ): Promise<void> {
    const { orderId, refundId } = message.data;
    await this.units.once(message, async ({ tx, schedule }) => {
      if (providerRefundId !== undefined) await tx.query(NOTE_PROVIDER_REFUND, [refundId, providerRefundId]);
      schedule(RefundPayment, { orderId, refundId }, { key: orderId, deliverAt: askAgainAt(openMs) });
    });
  }
}
