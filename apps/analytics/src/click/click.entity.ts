import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One thing a visitor did, once. Mapping only: statements are in `*.sql.ts`. */
@Entity('click')
@Index('click_by_time', { synchronize: false })
export class ClickEntity {
  /** The client's own id: a repeat finds it taken. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'click_pkey' })
  id!: string;

  @Column('text')
  type!: string;

  @Column('timestamptz')
  at!: Date;

  /** Pseudonym of the session (S54). */
  @Column('text')
  session!: string;

  @Column('uuid', { name: 'product_id', nullable: true })
  productId!: string | null;
}
