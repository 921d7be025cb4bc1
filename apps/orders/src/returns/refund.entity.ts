import type { RefundStatus } from '@lethe/contracts';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';
import { OrderReturnEntity } from './order-return.entity.js';

/** Money of an order that goes back. Mapping only: statements are in `*.sql.ts`. */
@Entity('refund')
@Index('refund_by_order', ['orderId'])
@Index('refund_under_way', ['requestedAt'], { where: `status = 'requested'` })
@Check('refund_amount_positive', `amount > 0`)
@Check('refund_status_known', `status IN ('requested', 'succeeded', 'failed')`)
@Check('refund_settled_has_time', `(status = 'requested') = (settled_at IS NULL)`)
export class RefundEntity {
  /** Also the idempotency key at the provider. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'refund_pkey' })
  id!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  @ManyToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'refund_order_fkey' })
  order!: OrderEntity;

  /** Null where no goods came back. */
  @Column('uuid', { name: 'return_id', nullable: true })
  returnId!: string | null;

  @ManyToOne(() => OrderReturnEntity)
  @JoinColumn({ name: 'return_id', foreignKeyConstraintName: 'refund_return_fkey' })
  orderReturn!: OrderReturnEntity | null;

  /** Minor units of the order's currency. */
  @Column('bigint')
  amount!: number;

  @Column('text', { default: 'requested' })
  status!: RefundStatus;

  /** The provider's id of it. */
  @Column('text', { name: 'provider_refund_id', nullable: true })
  providerRefundId!: string | null;

  @Column('text')
  reason!: string;

  @Column('timestamptz', { name: 'requested_at', default: () => 'clock_timestamp()' })
  requestedAt!: Date;

  /** When the provider was asked first. */
  @Column('timestamptz', { name: 'asked_at', nullable: true })
  askedAt!: Date | null;

  @Column('timestamptz', { name: 'settled_at', nullable: true })
  settledAt!: Date | null;
}
