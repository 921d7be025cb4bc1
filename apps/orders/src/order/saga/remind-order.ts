import {
  AuthorizePayment,
  type OrderStatus,
  type RemindOrder,
  ReserveStock,
  type ordersService,
} from '@lethe/contracts';
import { Database } from '@lethe/database';
import type { SagaStep } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OrderMissingError, PaymentOutcomeUnknownError, PaymentRefusedError } from '../../orders.errors.js';
import { findPayment } from '../../payment/find-payment.js';
import { PaymentGateway } from '../../payment/payment.gateway.js';
import { PaymentMetrics } from '../../payment/payment.metrics.js';
import { FIND_WAITING, NOTE_PAYMENT, SETTLE_PAYMENT, type WaitingRow } from '../../payment/payment.sql.js';
import type { PaymentState } from '../../payment/payment.state.js';
import { rejectUnpaid } from '../../payment/reject-unpaid.js';
import { reservationIsOver } from './order-times.js';
import type { LockedOrder } from '../order.rows.js';
import { OrderSaga } from './order.saga.js';
import { FIND_LINES, type OrderLinesRow } from '../order.sql.js';

/**
 * The time-out of a step. An order that waits for stock has it asked for again, since the message may lie in a dead-letter
 * queue: catalog answers as it did. Of one that waits for its payment the provider is asked what became of it: money that
 * is set aside or taken lets the order go on, else the order is rejected. After the time of a reservation an order ends
 * whatever is known, and what is with the provider is voided.
 */
export class RemindOfOrder extends Command<void> {
  constructor(readonly message: MessageOf<typeof RemindOrder>) {
    super();
  }
}

type Step<To extends OrderStatus> = SagaStep<OrderStatus, To, typeof ordersService, LockedOrder>;
/** `unknown`: the provider cannot be asked. `none`: it has no payment of the order. */
type Word = PaymentState | { readonly status: 'unknown' | 'none' };

@CommandHandler(RemindOfOrder)
export class RemindOfOrderHandler implements ICommandHandler<RemindOfOrder> {
  private readonly logger = new Logger('RemindOfOrder');

  constructor(
    private readonly database: Database,
    private readonly saga: OrderSaga,
    private readonly gateway: PaymentGateway,
    private readonly metrics: PaymentMetrics,
  ) {}

  async execute({ message }: RemindOfOrder): Promise<void> {
    const { orderId, step: version } = message.data;
    const [waiting] = await this.database.query<WaitingRow>(FIND_WAITING, [orderId]);
    if (!waiting) throw new OrderMissingError(orderId);
    const isDue = waiting.state === 'reserved' && waiting.version === version;
    const word = isDue ? await this.ask(orderId, waiting) : { status: 'none' as const };
    const over = (step: Step<never>, state: 'pending' | 'reserved') =>
      reservationIsOver(this.saga.times, { state, fired: step.saga.fired }, waiting.waitedSeconds);
    const answer = await this.saga.onTimeout(
      message,
      { id: orderId, step: version },
      {
        pending: (step) => (over(step, 'pending') ? rejectUnpaid(step, 'reservation-timeout') : this.askForStock(step)),
        reserved: (step) => this.goOn(step, word, over(step, 'reserved')),
      },
    );
    if (answer.outcome === 'stayed') this.logger.warn(`order ${orderId} is overdue: its payment is ${word.status}`);
    if (answer.outcome === 'moved') this.logger.warn(`order ${orderId} waited too long and is ${answer.to}`);
  }

  private async ask(orderId: string, { payment }: WaitingRow): Promise<Word> {
    if (payment === null) return { status: 'none' };
    const known = { ...payment, firstAsked: new Date(payment.firstAsked), lastAsked: new Date(payment.lastAsked) };
    try {
      const found = await this.metrics.watch(() => findPayment(this.gateway, orderId, known));
      return found ?? { status: 'none' };
    } catch (error) {
      if (!(error instanceof PaymentOutcomeUnknownError || error instanceof PaymentRefusedError)) throw error;
      this.logger.error(`what became of the payment of order ${orderId} is not known: ${error.message}`);
      return { status: 'unknown' };
    }
  }

  private async askForStock({ tx, saga: { id: orderId }, emit }: Step<never>): Promise<void> {
    const [order] = await tx.query<OrderLinesRow>(FIND_LINES, [orderId]);
    if (!order) throw new OrderMissingError(orderId);
    const items = order.items.map(({ productId, quantity }) => ({ productId, quantity }));
    emit(ReserveStock, { orderId, items }, { key: orderId });
  }

  private async goOn(step: Step<'rejected'>, word: Word, over: boolean): Promise<void> {
    const { tx, saga, emit } = step;
    const { id: orderId, fired } = saga;
    const paymentId = 'paymentId' in word ? (word.paymentId ?? null) : null;
    if (word.status === 'declined' || word.status === 'voided') {
      await tx.query(SETTLE_PAYMENT, [orderId, word.status, paymentId, null]);
      return rejectUnpaid(step, 'payment-declined');
    }
    if (paymentId !== null) await tx.query(NOTE_PAYMENT, [orderId, paymentId]);
    const isSettled = word.status === 'captured' || (word.status === 'authorized' && !over);
    // A request that never got there, as while the provider was away, is made once more by its key.
    const isLost = word.status === 'none' && fired === 0 && !over;
    if (isSettled || isLost) emit(AuthorizePayment, { orderId }, { key: orderId });
    else if (over) await rejectUnpaid(step, 'reservation-timeout');
    else if (word.status === 'none' || word.status === 'requires-action') await rejectUnpaid(step, 'payment-timeout');
    // Processing, or a provider that cannot be asked: looked after again, until the reservation is over.
  }
}
