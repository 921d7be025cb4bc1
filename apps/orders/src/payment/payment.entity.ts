import { Check, Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';

/**
 * What is known of an order's payment. `requested`: the provider is being asked, and may or may not have taken the
 * money; the row is committed before the first call, so that a crash leaves a trace to follow up.
 */
export type PaymentStatus = 'requested' | 'captured' | 'declined' | 'voided';

/** The payment of an order; at most one. */
@Entity('payment')
@Check('payment_status_known', `status IN ('requested', 'captured', 'declined', 'voided')`)
@Check('payment_captured_has_charge', `status <> 'captured' OR charge_id IS NOT NULL`)
export class PaymentEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'payment_pkey' })
  orderId!: string;

  @OneToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'payment_order_fkey' })
  order!: OrderEntity;

  @Column('text')
  status!: PaymentStatus;

  /** The provider's id of the charge. */
  @Column('text', { name: 'charge_id', nullable: true })
  chargeId!: string | null;

  /** The last time the provider was asked to take the money. */
  @Column('timestamptz', { name: 'requested_at', default: () => 'clock_timestamp()' })
  requestedAt!: Date;
}
