import type { OrderStatus } from '@lethe/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An order as it stands. Mapping only: hot paths are in `*.sql.ts`. */
@Entity('orders')
@Index('orders_by_customer', ['customerId', 'id'])
@Index('orders_under_way', ['dueAt'], { where: `status IN ('pending', 'reserved')` })
@Check(
  'orders_status_known',
  `status IN ('pending', 'reserved', 'paid', 'confirmed', 'rejected', 'cancelled', 'fulfilled', 'refunded')`,
)
@Check('orders_total_not_negative', `total >= 0`)
export class OrderEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'orders_pkey' })
  id!: string;

  @Column('text', { name: 'customer_id' })
  customerId!: string;

  @Column('text')
  status!: OrderStatus;

  @Column('text')
  currency!: string;

  /** Minor units of the currency. */
  @Column('bigint')
  total!: number;

  @Column('text', { name: 'payment_token' })
  paymentToken!: string;

  /** Why it was rejected. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** When the customer placed it; an admin may say when. */
  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  /** Grows by one with each row of its history. */
  @Column('integer', { default: 1 })
  version!: number;

  /** The scheduled message that tells when the step under way takes too long. */
  @Column('uuid', { name: 'timer_id', nullable: true })
  timerId!: string | null;

  /** When the step under way should have ended. */
  @Column('timestamptz', { name: 'due_at', default: () => `(clock_timestamp() + '00:02:00')` })
  dueAt!: Date;

  /** How often the step under way was asked for again. */
  @Column('integer', { default: 0 })
  reminders!: number;
}
