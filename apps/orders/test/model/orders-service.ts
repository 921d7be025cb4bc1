import { AwsClients } from '@lethe/aws';
import {
  AuthorizePayment,
  type Quote,
  RefundPayment,
  RemindOrder,
  StartWorkflow,
  StockRejected,
  StockReserved,
  VoidPayment,
  ordersService,
} from '@lethe/contracts';
import { Database } from '@lethe/database';
import { IdempotencyKeys } from '@lethe/idempotency';
import { ServiceTokens, makeServiceKey } from '@lethe/identity';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import { CONFIG } from '@lethe/service-kit';
import { type Envelope, type MessageDefinition, type MessageOf, readMessage } from '@lethe/topology';
import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { CartStore } from '../../src/cart/cart.store.js';
import { CatalogClient } from '../../src/catalog/catalog.client.js';
import { ReleaseOrderHandler } from '../../src/fulfilment/release-order.js';
import { TakeRefundStepHandler } from '../../src/fulfilment/take-refund-step.js';
import { TakeFulfilmentStepHandler } from '../../src/fulfilment/take-step.js';
import { CancelOrderHandler } from '../../src/order/cancel-order.js';
import { DeliverOrderHandler } from '../../src/order/deliver-order.js';
import { DEFAULT_TIMES } from '../../src/order/saga/order-times.js';
import { OrderProcess } from '../../src/order/saga/order.process.js';
import { OrderSaga } from '../../src/order/saga/order.saga.js';
import { PlaceOrderHandler } from '../../src/order/place/place-order.js';
import { RejectOrderHandler } from '../../src/order/saga/reject-order.js';
import { RemindOfOrderHandler } from '../../src/order/saga/remind-order.js';
import { ReserveOrderHandler } from '../../src/order/saga/reserve-order.js';
import { GiveBackPaymentHandler } from '../../src/payment/give-back-payment.js';
import { HearNoticeHandler } from '../../src/payment/hear-notice.js';
import { PayOrderHandler } from '../../src/payment/pay-order.js';
import { PaymentGateway } from '../../src/payment/payment.gateway.js';
import { PaymentMetrics } from '../../src/payment/payment.metrics.js';
import { PaymentProcess } from '../../src/payment/payment.process.js';
import { RefundMoneyHandler } from '../../src/payment/refund-payment.js';
import { RefundOrderHandler } from '../../src/returns/refund-order.js';
import { ReturnGoodsHandler } from '../../src/returns/return-goods.js';
import { BeginWorkflowHandler } from '../../src/workflow/begin-workflow.js';
import { DEFAULT_TERMS } from '../../src/workflow/workflow-inputs.js';
import { WorkflowProcess } from '../../src/workflow/workflow.process.js';
import { Workflows } from '../../src/workflow/workflows.js';

/** The catalogue's prices, of whatever is in it. */
class Prices extends CatalogClient {
  constructor(private readonly prices: ReadonlyMap<string, number>) {
    const key = JSON.stringify(makeServiceKey(ordersService.name).privateJwk);
    super('http://127.0.0.1:9', new ServiceTokens({ service: ordersService.name, key }));
  }

  override quote(productIds: readonly string[]): Promise<Quote> {
    const items = productIds.map((id) => {
      return { id, sku: 'SKU', name: 'Lamp', price: { amount: this.prices.get(id) ?? 0, currency: 'GBP' } };
    });
    return Promise.resolve({ items, missing: [] });
  }
}

/** What is around the use cases. */
export interface Surroundings {
  readonly database: Database;
  readonly provider: PaymentGateway;
  readonly workflows: Workflows;
  readonly prices: ReadonlyMap<string, number>;
}

const handlers: Provider[] = [
  PlaceOrderHandler,
  CancelOrderHandler,
  DeliverOrderHandler,
  ReserveOrderHandler,
  RejectOrderHandler,
  RemindOfOrderHandler,
  PayOrderHandler,
  GiveBackPaymentHandler,
  RefundMoneyHandler,
  HearNoticeHandler,
  ReturnGoodsHandler,
  RefundOrderHandler,
  ReleaseOrderHandler,
  TakeFulfilmentStepHandler,
  TakeRefundStepHandler,
  BeginWorkflowHandler,
  OrderSaga,
  OrderProcess,
  PaymentProcess,
  WorkflowProcess,
];

@Module({})
class UseCases {}

/** The use cases of the service as its own modules wire them, without HTTP, queues and timers. */
export class OrdersService {
  readonly #routes: ReadonlyMap<string, (envelope: Envelope) => Promise<void>>;

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly aws: AwsClients,
    private readonly wake: Wake,
    readonly commands: CommandBus,
  ) {
    const [order, payment, workflow] = [app.get(OrderProcess), app.get(PaymentProcess), app.get(WorkflowProcess)];
    this.#routes = new Map([
      route(StockReserved, (message) => order.stockReserved(message)),
      route(StockRejected, (message) => order.stockRejected(message)),
      route(RemindOrder, (message) => order.remindOrder(message)),
      route(AuthorizePayment, (message) => payment.authorizePayment(message)),
      route(VoidPayment, (message) => payment.voidPayment(message)),
      route(RefundPayment, (message) => payment.refundPayment(message)),
      route(StartWorkflow, (message) => workflow.startWorkflow(message)),
    ]);
  }

  static async start({ database, provider, workflows, prices }: Surroundings): Promise<OrdersService> {
    // Nobody answers the bell: messages stay where the test takes them.
    const wake = new Wake(database);
    const aws = new AwsClients({ region: 'eu-west-1' });
    const outbox = new Outbox(ordersService, wake);
    const values = new Map<unknown, unknown>([
      [Database, database],
      [Outbox, outbox],
      [UnitOfWork, new UnitOfWork(database, outbox)],
      [IdempotencyKeys, new IdempotencyKeys(database)],
      [PaymentGateway, provider],
      [PaymentMetrics, new PaymentMetrics(new Registry())],
      [Workflows, workflows],
      [CatalogClient, new Prices(prices)],
      [CartStore, new CartStore(aws)],
      [CONFIG, { ...DEFAULT_TIMES, ...DEFAULT_TERMS, PUBLIC_URL: 'http://localhost:8080' }],
    ]);
    const provided = [...values].map(([provide, useValue]) => ({ provide, useValue }) as Provider);
    const module = { module: UseCases, imports: [CqrsModule.forRoot()], providers: [...provided, ...handlers] };
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    return new OrdersService(app, aws, wake, app.get(CommandBus));
  }

  /** Whether messages of the type come here. */
  handles(type: string): boolean {
    return this.#routes.has(type);
  }

  /** Throws what the handler throws. */
  async receive(envelope: Envelope): Promise<void> {
    await this.#routes.get(envelope.type)?.(envelope);
  }

  async stop(): Promise<void> {
    await this.app.close();
    this.wake.close();
    this.aws.close();
  }
}

function route<D extends MessageDefinition>(
  definition: D,
  handle: (message: MessageOf<D>) => Promise<void>,
): readonly [string, (envelope: Envelope) => Promise<void>] {
  return [definition.type, (envelope) => handle(readMessage(definition, envelope))];
}
