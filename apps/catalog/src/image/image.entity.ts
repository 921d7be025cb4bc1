import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredImage } from './shown-image.js';

/** Maps the table `product_image`: an image that is expected, shown or was refused. */
@Entity('product_image')
export class ProductImageEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'product_id' })
  productId!: string;

  /** The type that was announced, such as `image/png`. */
  @Column('text')
  type!: string;

  @Column('text')
  status!: 'pending' | 'ready' | 'refused';

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('jsonb', { nullable: true })
  shown!: StoredImage | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** When it is given up unless it is ready. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'settled_at', nullable: true })
  settledAt!: Date | null;
}
