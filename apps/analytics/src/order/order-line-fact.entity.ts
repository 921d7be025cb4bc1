import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A line of a confirmed order. Mapping only: statements are in `*.sql.ts`. */
@Entity('order_line_fact')
@Index('order_line_fact_by_time', { synchronize: false })
@Index('order_line_fact_by_product', ['productId', 'placedAt'])
export class OrderLineFactEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'order_line_fact_pkey' })
  orderId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_line_fact_pkey' })
  position!: number;

  @Column('uuid', { name: 'product_id' })
  productId!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  /** When the order was placed. */
  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('bigint')
  units!: number;

  /** Minor units of the currency. */
  @Column('bigint')
  amount!: number;

  @Column('text')
  currency!: string;

  @Column('text', { nullable: true })
  category!: string | null;
}
