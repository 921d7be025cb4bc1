import { ordersService, store } from '@lethe/contracts';
import { Database, DatabaseModule } from '@lethe/database';
import { IdempotencyModule, IdempotentRoutesModule } from '@lethe/idempotency';
import { IdentityModule, ServiceTokens } from '@lethe/identity';
import { Outbox, OutboxModule, Relay, registerOutboxMetrics } from '@lethe/outbox';
import { SchedulesModule } from '@lethe/schedules';
import { Metrics, ReadinessRegistry, identityOf, keyOwnerOf, routeLimits } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CouponModule } from './coupon/coupon.module.js';
import { FulfilmentModule } from './fulfilment/fulfilment.module.js';
import { OrderEventsModule } from './order-events/order-events.module.js';
import { OrderModule } from './order/order.module.js';
import type { OrdersConfig } from './orders.config.js';
import { databaseOptions } from './orders.database.js';
import { ordersLimits } from './orders.limits.js';
import { OutboundModule } from './outbound/outbound.module.js';
import { PaymentModule } from './payment/payment.module.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { ReturnsModule } from './returns/returns.module.js';
import { WorkflowModule } from './workflow/workflow.module.js';

/** The orders service. It cannot serve without its database; the catalogue and the provider may come and go. */
@Module({})
export class AppModule {
  constructor(readiness: ReadinessRegistry, database: Database, metrics: Metrics, relay: Relay) {
    readiness.add('database', () => database.ping());
    registerOutboxMetrics(metrics.registry, relay);
  }

  static forRoot(config: OrdersConfig, topology: Topology = store): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(databaseOptions(config)),
        OutboxModule.forRoot({ service: ordersService, topology, accountId: config.AWS_ACCOUNT_ID }),
        IdempotencyModule.forRoot(),
        IdempotentRoutesModule.forRoot({ ownerOf: keyOwnerOf, problems: false }),
        ...(config.SCHEDULES === 'postgres'
          ? [SchedulesModule.forRoot({ service: ordersService, writer: Outbox })]
          : []),
        IdentityModule.forRoot(identityOf(config, ordersService.name)),
        CqrsModule.forRoot(),
        routeLimits(ordersLimits(config)),
        OutboundModule.forRoot({
          catalogUrl: config.CATALOG_URL,
          payments: {
            baseUrl: config.PAYMENT_URL,
            apiKey: config.STRIPE_API_KEY,
            webhookSecrets: config.PAYMENT_WEBHOOK_SECRET,
          },
          tokens: new ServiceTokens({ service: ordersService.name, key: config.SERVICE_KEY }),
        }),
        // Before orders: /orders/coupons is no order's id, nor is /orders/reconciliations.
        CouponModule,
        ReconciliationModule.forRoot({ graceSeconds: config.RECONCILIATION_GRACE_SECONDS }),
        OrderModule,
        PaymentModule,
        OrderEventsModule,
        ReturnsModule,
        FulfilmentModule,
        WorkflowModule,
        ReceiptsModule,
      ],
    };
  }
}
