import type { OrderStatus } from '@lethe/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An order as it stands. Mapping only: hot paths are in `*.sql.ts`. */
@Entity('orders')
@Index('orders_by_customer', ['customerId', 'id'])
@Index('orders_by_status', ['status', 'placedAt', 'id'])
@Index('orders_under_way', ['dueAt'], { where: `status IN ('pending', 'reserved')` })
@Check(
  'orders_status_known',
  `status IN ('pending', 'reserved', 'paid', 'confirmed', 'fulfilling', 'shipped', 'delivered', 'returned', 'partly-refunded', 'refunded', 'rejected', 'cancelled', 'fulfilled')`,
)
@Check('orders_refunds_within', `refunded >= 0 AND refunded <= refunds_claimed AND refunds_claimed <= total`)
@Check('orders_total_not_negative', `total >= 0`)
@Check('orders_amounts_add_up', 'coalesce(subtotal, total) - discount + tax = total')
@Check('orders_coupon_used', `coupon <> ''`)
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

  /** Of all lines, before discount and tax; orders from before there were any have none: it is their total. */
  @Column('bigint', { nullable: true })
  subtotal!: number | null;

  @Column('bigint', { default: 0 })
  discount!: number;

  @Column('bigint', { default: 0 })
  tax!: number;

  /** The code of the coupon that the order uses. */
  @Column('text', { nullable: true })
  coupon!: string | null;

  /** Where it goes, ISO 3166-1 alpha-2, if its tax is added. */
  @Column('text', { nullable: true })
  country!: string | null;

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

  /** What goes or went back of the total: the sum of refunds that did not fail. */
  @Column('bigint', { name: 'refunds_claimed', default: 0 })
  refundsClaimed!: number;

  /** What went back of the total. */
  @Column('bigint', { default: 0 })
  refunded!: number;
}
