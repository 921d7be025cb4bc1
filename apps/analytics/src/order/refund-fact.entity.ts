import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Money of an order that went back. Mapping only: statements are in `*.sql.ts`. */
@Entity('order_refund_fact')
@Index('order_refund_fact_by_time', { synchronize: false })
@Index('order_refund_fact_by_placed', { synchronize: false })
export class OrderRefundFactEntity {
  @PrimaryColumn('uuid', { name: 'refund_id', primaryKeyConstraintName: 'order_refund_fact_pkey' })
  refundId!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  /** When the order was placed. */
  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('timestamptz', { name: 'refunded_at' })
  refundedAt!: Date;

  /** Minor units of the currency. */
  @Column('bigint')
  amount!: number;

  @Column('text')
  currency!: string;

  /** Whether all that was paid had gone back then. */
  @Column('boolean', { name: 'is_full' })
  isFull!: boolean;
}

/** Goods of an order that came back. Mapping only: statements are in `*.sql.ts`. */
@Entity('order_return_fact')
@Index('order_return_fact_by_placed', { synchronize: false })
export class OrderReturnFactEntity {
  @PrimaryColumn('uuid', { name: 'return_id', primaryKeyConstraintName: 'order_return_fact_pkey' })
  returnId!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  /** When the order was placed. */
  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('timestamptz', { name: 'returned_at' })
  returnedAt!: Date;

  @Column('bigint')
  units!: number;
}
