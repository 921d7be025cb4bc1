import type { PaymentStatus } from '@lethe/contracts';
import { Check, Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';

/** The payment of an order; at most one. */
@Entity('payment')
@Check(
  'payment_status_known',
  `status IN ('requested', 'requires-action', 'processing', 'authorized', 'captured', 'declined', 'voided')`,
)
@Check('payment_captured_has_charge', `status <> 'captured' OR charge_id IS NOT NULL`)
export class PaymentEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'payment_pkey' })
  orderId!: string;

  @OneToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'payment_order_fkey' })
  order!: OrderEntity;

  @Column('text')
  status!: PaymentStatus;

  /** The provider's id of the payment; `none` where there was nothing to pay and the provider was not asked. */
  @Column('text', { name: 'charge_id', nullable: true })
  chargeId!: string | null;

  /** Where the customer has to prove who they are, while that is asked for. */
  @Column('text', { name: 'action_url', nullable: true })
  actionUrl!: string | null;

  /** When the provider was asked for the money first. Payments of before have none. */
  @Column('timestamptz', { name: 'first_requested_at', nullable: true, default: () => 'clock_timestamp()' })
  firstRequestedAt!: Date | null;

  /** The last time the provider was asked for the money. */
  @Column('timestamptz', { name: 'requested_at', default: () => 'clock_timestamp()' })
  requestedAt!: Date;
}
