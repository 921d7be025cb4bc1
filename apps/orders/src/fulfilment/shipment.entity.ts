import { Check, Column, Entity, JoinColumn, ManyToOne, OneToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';
import { RefundEntity } from '../returns/refund.entity.js';

const moment = (name: string) => ({ name, nullable: true }) as const;

/** How far the warehouse and the carrier are with an order that was released to them. Mapping only. */
@Entity('shipment')
@Check('shipment_one_end', `called_off_at IS NULL OR shipped_at IS NULL`)
export class ShipmentEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'shipment_pkey' })
  orderId!: string;

  @OneToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'shipment_order_fkey' })
  order!: OrderEntity;

  @Column('timestamptz', { name: 'released_at', default: () => 'clock_timestamp()' })
  releasedAt!: Date;

  @Column('timestamptz', moment('picked_at'))
  pickedAt!: Date | null;

  @Column('timestamptz', moment('packed_at'))
  packedAt!: Date | null;

  /** The carrier's number. */
  @Column('text', { nullable: true })
  tracking!: string | null;

  @Column('timestamptz', moment('labelled_at'))
  labelledAt!: Date | null;

  @Column('timestamptz', moment('shipped_at'))
  shippedAt!: Date | null;

  @Column('timestamptz', moment('delivered_at'))
  deliveredAt!: Date | null;

  @Column('timestamptz', moment('called_off_at'))
  calledOffAt!: Date | null;

  /** The refund of an order that was called off; null where all the money went back before. */
  @Column('uuid', { name: 'refund_id', nullable: true })
  refundId!: string | null;

  @ManyToOne(() => RefundEntity)
  @JoinColumn({ name: 'refund_id', foreignKeyConstraintName: 'shipment_refund_fkey' })
  refund!: RefundEntity | null;
}
