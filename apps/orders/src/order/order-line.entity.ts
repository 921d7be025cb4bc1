import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from './order.entity.js';

/** A line of an order, with what the product was and cost at the time. */
@Entity('order_line')
@Index('order_line_by_product', ['productId', 'orderId'])
@Check('order_line_quantity_positive', `quantity > 0`)
@Check('order_line_returned_within', `returned >= 0 AND returned <= quantity`)
export class OrderLineEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'order_line_pkey' })
  orderId!: string;

  @ManyToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'order_line_order_fkey' })
  order!: OrderEntity;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_line_pkey' })
  position!: number;

  @Column('uuid', { name: 'product_id' })
  productId!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  /** Minor units of the order's currency. */
  @Column('bigint', { name: 'unit_price' })
  unitPrice!: number;

  /** The line's share of the order's discount. */
  @Column('bigint', { default: 0 })
  discount!: number;

  /** The line's share of the order's tax. */
  @Column('bigint', { default: 0 })
  tax!: number;

  /** Of the product, when the order was placed; null in orders of before. */
  @Column('text', { nullable: true })
  category!: string | null;

  /** How many of them came back. */
  @Column('integer', { default: 0 })
  returned!: number;
}
