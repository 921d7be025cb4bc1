import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How an order stands, from the least to the most that can be known: a later one replaces an earlier, never back. */
export const ORDER_OUTCOMES = ['placed', 'cancelled', 'rejected', 'confirmed'] as const;
export type OrderOutcome = (typeof ORDER_OUTCOMES)[number];

/** One order, as its messages told. Mapping only: statements are in `*.sql.ts`. */
@Entity('order_fact')
@Index('order_fact_by_time', { synchronize: false })
@Index('order_fact_by_customer', { synchronize: false })
@Check(
  'order_fact_confirmed_is_whole',
  `outcome <> 'confirmed' OR (confirmed_at IS NOT NULL AND lines IS NOT NULL AND units IS NOT NULL AND amount IS NOT NULL AND currency IS NOT NULL)`,
)
export class OrderFactEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'order_fact_pkey' })
  orderId!: string;

  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('enum', { enum: ORDER_OUTCOMES, enumName: 'order_outcome' })
  outcome!: OrderOutcome;

  @Column('timestamptz', { name: 'confirmed_at', nullable: true })
  confirmedAt!: Date | null;

  @Column('integer', { nullable: true })
  lines!: number | null;

  @Column('bigint', { nullable: true })
  units!: number | null;

  /** Minor units of the currency. */
  @Column('bigint', { nullable: true })
  amount!: number | null;

  @Column('text', { nullable: true })
  currency!: string | null;

  /** Pseudonym of who bought (S54); null where no message told, and once the account is erased. */
  @Column('text', { nullable: true })
  customer!: string | null;

  @Column('text', { nullable: true })
  country!: string | null;
}
