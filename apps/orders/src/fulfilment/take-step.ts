import {
  type FulfilmentStep,
  type FulfilmentStepAnswer,
  OrderShipped,
  type OrderStatus,
  type ordersService,
} from '@lethe/contracts';
import { type SagaStep, type Unit, UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { deliver } from '../order/deliver-order.js';
import { type LockedOrder, lockOrder } from '../order/order.rows.js';
import { OrderSaga } from '../order/saga/order.saga.js';
import { OrderMissingError, OrderNotFoundError, StepOvertakenError } from '../orders.errors.js';
import { takeBack } from '../returns/take-back.js';
import { type ApprovalRow, ASK_APPROVAL, FIND_SHIPMENT, NOTE_STEP, type ShipmentRow } from './fulfilment.sql.js';

/**
 * Does a step of an order's fulfilment, once: of a step that is done it gives the answer of then, whatever happened since.
 * Throws an {@link OrderNotFoundError}, a {@link StepOvertakenError} where the order has gone another way.
 */
export class TakeFulfilmentStep extends Command<FulfilmentStepAnswer> {
  constructor(
    readonly orderId: string,
    readonly step: FulfilmentStep,
  ) {
    super();
  }
}

type Orders = typeof ordersService;
/** What a step works on: the order, locked, and its shipment. */
interface Work {
  readonly unit: Unit<Orders>;
  readonly order: LockedOrder;
  readonly shipment: ShipmentRow;
}
type Answer = Omit<FulfilmentStepAnswer, 'orderId' | 'step'>;

@CommandHandler(TakeFulfilmentStep)
export class TakeFulfilmentStepHandler implements ICommandHandler<TakeFulfilmentStep> {
  private readonly steps: Readonly<Record<FulfilmentStep, (work: Work) => Promise<Answer>>> = {
    approval: (work) => this.ask(work),
    pick: (work) => this.inWarehouse(work, 'pick', work.shipment.picked_at),
    pack: (work) => this.inWarehouse(work, 'pack', work.shipment.packed_at),
    label: (work) => this.label(work),
    ship: (work) => this.ship(work),
    deliver: (work) => this.deliver(work),
    'call-off': (work) => this.callOff(work),
  };

  constructor(
    private readonly units: UnitOfWork<Orders>,
    private readonly saga: OrderSaga,
  ) {}

  execute({ orderId, step }: TakeFulfilmentStep): Promise<FulfilmentStepAnswer> {
    return this.units.run(async (unit) => {
      const order = await lockOrder(unit.tx, orderId, null);
      const [shipment] = await unit.tx.query<ShipmentRow>(FIND_SHIPMENT, [orderId]);
      if (!order || !shipment) throw new OrderNotFoundError();
      return { orderId, step, ...(await this.steps[step]({ unit, order, shipment })) };
    });
  }

  private async ask({ unit, order }: Work): Promise<Answer> {
    const [approval] = await unit.tx.query<ApprovalRow>(ASK_APPROVAL, [order.id, 'fulfilment']);
    return { decision: approval?.decision ?? 'pending' };
  }

  private async inWarehouse({ unit, order }: Work, step: 'pick' | 'pack', doneAt: Date | null): Promise<Answer> {
    if (doneAt !== null) return {};
    assertIn(order, 'fulfilling');
    await unit.tx.query(NOTE_STEP[step], [order.id]);
    return {};
  }

  private async label({ unit, order, shipment }: Work): Promise<Answer> {
    const tracking = shipment.tracking ?? trackingOf(order.id);
    if (shipment.labelled_at !== null) return { tracking };
    assertIn(order, 'fulfilling');
    await unit.tx.query(NOTE_STEP.label, [order.id, tracking]);
    return { tracking };
  }

  private async ship({ unit, order, shipment }: Work): Promise<Answer> {
    const { tracking, shipped_at } = shipment;
    const answer = tracking === null ? {} : { tracking };
    if (shipped_at !== null) return answer;
    assertIn(order, 'fulfilling');
    await this.saga.advance(unit, order, 'ship-order', {
      fulfilling: async ({ tx, become, emit }: SagaStep<OrderStatus, 'shipped', Orders, LockedOrder>) => {
        become('shipped');
        const [row] = await tx.query<{ readonly shipped_at: Date }>(NOTE_STEP.ship, [order.id]);
        if (!row) throw new OrderMissingError(order.id);
        const shippedAt = row.shipped_at.toISOString();
        emit(OrderShipped, { orderId: order.id, placedAt: order.placedAt, shippedAt, ...answer }, { key: order.id });
      },
    });
    return answer;
  }

  private async deliver({ unit, order, shipment }: Work): Promise<Answer> {
    if (shipment.delivered_at !== null) return {};
    assertIn(order, 'shipped');
    await deliver(unit, this.saga, order, 'deliver-order');
    await unit.tx.query(NOTE_STEP.deliver, [order.id]);
    return {};
  }

  /** Gives the order up: what is left of it is claimed for a refund, which the workflow then sees through. */
  private async callOff({ unit, order, shipment }: Work): Promise<Answer> {
    if (shipment.called_off_at !== null) return refundAnswer(shipment.refund_id);
    assertIn(order, 'fulfilling');
    const reason = 'the order could not be fulfilled';
    const { refund } = await takeBack(unit, this.saga, order, {
      items: 'everything',
      reason,
      request: 'call-off-order',
    });
    await unit.tx.query(NOTE_STEP.callOff, [order.id, refund?.id ?? null]);
    return refundAnswer(refund?.id ?? null);
  }
}

const refundAnswer = (refundId: string | null): Answer => (refundId === null ? {} : { refundId });

function assertIn({ state }: LockedOrder, wanted: OrderStatus): void {
  if (state !== wanted) throw new StepOvertakenError(state, wanted);
}

/** There is no carrier to ask: a number that is the same whenever it is asked for. */
const trackingOf = (orderId: string): string => `LT${orderId.replaceAll('-', '').slice(-12).toUpperCase()}`;
