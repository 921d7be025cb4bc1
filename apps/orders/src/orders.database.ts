import type { DatabaseOptions } from '@lethe/database';
import { idempotencyMigrations } from '@lethe/idempotency';
import { outboxMigrations } from '@lethe/outbox';
import { scheduleMigrations } from '@lethe/schedules';
import { type DatabaseConfig, databaseOf } from '@lethe/service-kit';
import { CouponCustomerEntity, CouponEntity } from './coupon/coupon.entity.js';
import { AddAmountsAndCoupons1767225600020 } from './migrations/add-amounts-and-coupons.migration.js';
import { AddLineCategory1768000000000 } from './migrations/add-line-category.migration.js';
import { AddFulfilment1767225600040 } from './migrations/add-fulfilment.migration.js';
import { AddHistoryCause1767225600003 } from './migrations/add-history-cause.migration.js';
import { AddOrderSearch1767225600012 } from './migrations/add-order-search.migration.js';
import { AddOrderTimer1767225600002 } from './migrations/add-order-timer.migration.js';
import { AddRefunds1767225600010 } from './migrations/add-refunds.migration.js';
import { CreateOrders1764547200000 } from './migrations/create-orders.migration.js';
import { CreateReconciliations1767225600061 } from './migrations/create-reconciliations.migration.js';
import { WidenPayment1767225600030 } from './migrations/widen-payment.migration.js';
import { ApprovalEntity } from './fulfilment/approval.entity.js';
import { ShipmentEntity } from './fulfilment/shipment.entity.js';
import { OrderHistoryEntity } from './order/order-history.entity.js';
import { OrderLineEntity } from './order/order-line.entity.js';
import { OrderEntity } from './order/order.entity.js';
import type { OrdersConfig } from './orders.config.js';
import { PaymentNoticeEntity } from './payment/payment-notice.entity.js';
import { PaymentEntity } from './payment/payment.entity.js';
import { OrderReturnEntity, OrderReturnLineEntity } from './returns/order-return.entity.js';
import { RefundEntity } from './returns/refund.entity.js';

/** The service's database, for the replica and for the migration step alike. */
export function databaseOptions(config: DatabaseConfig & Pick<OrdersConfig, 'DATABASE_POOL_SIZE'>): DatabaseOptions {
  return {
    ...databaseOf(config),
    service: 'orders',
    poolSize: config.DATABASE_POOL_SIZE,
    entities: [
      OrderEntity,
      OrderLineEntity,
      OrderHistoryEntity,
      PaymentEntity,
      PaymentNoticeEntity,
      OrderReturnEntity,
      OrderReturnLineEntity,
      RefundEntity,
      ShipmentEntity,
      ApprovalEntity,
      CouponEntity,
      CouponCustomerEntity,
    ],
    migrations: [
      ...outboxMigrations,
      ...idempotencyMigrations,
      ...scheduleMigrations,
      CreateOrders1764547200000,
      AddOrderTimer1767225600002,
      AddHistoryCause1767225600003,
      AddRefunds1767225600010,
      AddOrderSearch1767225600012,
      AddAmountsAndCoupons1767225600020,
      WidenPayment1767225600030,
      AddFulfilment1767225600040,
      CreateReconciliations1767225600061,
      AddLineCategory1768000000000,
    ],
  };
}
