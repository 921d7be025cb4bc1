import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Maps the table `stock`: available + reserved + sold is always initial + adjusted (C3). */
@Entity('stock')
export class StockEntity {
  @PrimaryColumn('uuid', { name: 'product_id' })
  productId!: string;

  @Column('bigint')
  available!: number;

  @Column('bigint')
  reserved!: number;

  @Column('bigint')
  sold!: number;

  /** What the product came with: the stock of its file, or of its creation. */
  @Column('bigint')
  initial!: number;

  /** The sum of all corrections by hand. */
  @Column('bigint')
  adjusted!: number;

  @Column('integer')
  version!: number;
}
