import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';

/** Maps the table `product`; a row is never removed, only marked deleted. */
@Entity('product')
export class ProductEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  category!: string;

  @Column('bigint', { name: 'price_amount' })
  priceAmount!: number;

  @Column('text')
  currency!: string;

  @VersionColumn()
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
