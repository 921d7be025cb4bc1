import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Maps the table `stock_adjustment`: the journal of corrections by hand and of returns, written in the commit of each. */
@Entity('stock_adjustment')
export class StockAdjustmentEntity {
  @PrimaryColumn('uuid', { name: 'product_id' })
  productId!: string;

  /** The version of the stock that it made: its place in the journal of the product. */
  @PrimaryColumn('integer', { name: 'stock_version' })
  stockVersion!: number;

  @Column('timestamptz', { name: 'adjusted_at' })
  adjustedAt!: Date;

  /** `user:<id>@<issuer>` or `service:<name>`. */
  @Column('text')
  actor!: string;

  @Column('bigint')
  delta!: number;

  @Column('text')
  reason!: string;

  @Column('text', { nullable: true })
  note!: string | null;

  /** The return that it puts on the shelf: no correction, `adjusted` does not count it. */
  @Column('uuid', { name: 'return_id', nullable: true })
  returnId!: string | null;

  /** What was available after it. */
  @Column('bigint')
  available!: number;
}
