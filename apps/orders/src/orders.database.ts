import type { DatabaseOptions } from '@lethe/database';
import { idempotencyMigrations } from '@lethe/idempotency';
import { outboxMigrations } from '@lethe/outbox';
import { CouponCustomerEntity, CouponEntity } from './coupon/coupon.entity.js';
import { AddAmountsAndCoupons1767225600020 } from './migrations/add-amounts-and-coupons.migration.js';
import { AddHistoryCause1767225600003 } from './migrations/add-history-cause.migration.js';
import { AddOrderTimer1767225600002 } from './migrations/add-order-timer.migration.js';
import { AddRefunds1767225600010 } from './migrations/add-refunds.migration.js';
import { CreateOrders1764547200000 } from './migrations/create-orders.migration.js';
import { OrderHistoryEntity } from './order/order-history.entity.js';
import { OrderLineEntity } from './order/order-line.entity.js';
import { OrderEntity } from './order/order.entity.js';
import type { OrdersConfig } from './orders.config.js';
import { PaymentEntity } from './payment/payment.entity.js';
import { OrderReturnEntity, OrderReturnLineEntity } from './returns/order-return.entity.js';
import { RefundEntity } from './returns/refund.entity.js';

/** The service's database, for the replica and for the migration step alike. */
export function databaseOptions(config: Pick<OrdersConfig, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'>): DatabaseOptions {
  return {
    url: config.DATABASE_URL,
    service: 'orders',
    poolSize: config.DATABASE_POOL_SIZE,
    entities: [
      OrderEntity,
      OrderLineEntity,
      OrderHistoryEntity,
      PaymentEntity,
      OrderReturnEntity,
      OrderReturnLineEntity,
      RefundEntity,
      CouponEntity,
      CouponCustomerEntity,
    ],
    migrations: [
      ...outboxMigrations,
      ...idempotencyMigrations,
      CreateOrders1764547200000,
      AddOrderTimer1767225600002,
      AddHistoryCause1767225600003,
      AddRefunds1767225600010,
      AddAmountsAndCoupons1767225600020,
    ],
  };
}
