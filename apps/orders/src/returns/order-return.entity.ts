import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';

/** Goods of an order that came back, or never left. Mapping only: statements are in `*.sql.ts`. */
@Entity('order_return')
@Index('order_return_by_order', ['orderId'])
export class OrderReturnEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'order_return_pkey' })
  id!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  @ManyToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'order_return_order_fkey' })
  order!: OrderEntity;

  @Column('text')
  reason!: string;

  @Column('timestamptz', { name: 'returned_at', default: () => 'clock_timestamp()' })
  returnedAt!: Date;
}

/** So many units of a line of the order. */
@Entity('order_return_line')
@Check('order_return_line_quantity_positive', `quantity > 0`)
@Check('order_return_line_amount_not_negative', `amount >= 0`)
export class OrderReturnLineEntity {
  @PrimaryColumn('uuid', { name: 'return_id', primaryKeyConstraintName: 'order_return_line_pkey' })
  returnId!: string;

  @ManyToOne(() => OrderReturnEntity, { nullable: false })
  @JoinColumn({ name: 'return_id', foreignKeyConstraintName: 'order_return_line_return_fkey' })
  orderReturn!: OrderReturnEntity;

  /** Of the line in the order. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_return_line_pkey' })
  position!: number;

  @Column('integer')
  quantity!: number;

  /** What these units had cost, in minor units of the order's currency. */
  @Column('bigint')
  amount!: number;
}
