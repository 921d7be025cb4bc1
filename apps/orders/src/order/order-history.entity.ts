import type { OrderStatus } from '@lethe/contracts';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from './order.entity.js';

/** A state that an order came into: when, by whom and why. Rows are only ever added. */
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

  /** On whose behalf, as `formatActor` writes it; for the books, never shown to customers. */
  @Column('text', { nullable: true })
  actor!: string | null;

  /** What led here: the type of a message, `place-order` or `cancel-order`. Null in rows of versions that kept none. */
  @Column('text', { nullable: true })
  cause!: string | null;

  /** The message that was handled; null where a request did it. */
  @Column('text', { name: 'message_id', nullable: true })
  messageId!: string | null;
}
