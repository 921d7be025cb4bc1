import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';
import type { StoredImage } from '../image/shown-image.js';

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

  /** What is shown of its images; null without. */
  @Column('jsonb', { nullable: true })
  images!: StoredImage[] | null;

  /** Part of the entity tag. */
  @Column('integer', { name: 'images_version' })
  imagesVersion!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
