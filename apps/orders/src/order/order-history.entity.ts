import type { OrderStatus } from '@lethe/contracts';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from './order.entity.js';

/** A state that an order came into, and when. Rows are only ever added. */
@Entity('order_history')
export class OrderHistoryEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'order_history_pkey' })
  orderId!: string;

  @ManyToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'order_history_order_fkey' })
  order!: OrderEntity;

  /** The version that the order had from then on. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_history_pkey' })
  version!: number;

  @Column('text')
  status!: OrderStatus;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;
}
