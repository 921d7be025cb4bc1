import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** Maps the table `coupon`: so many per cent off, for so many orders. */
@Entity('coupon')
@Check('coupon_percent_within', 'percent BETWEEN 1 AND 100')
@Check('coupon_used_within', 'used >= 0 AND used <= max_uses')
export class CouponEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'coupon_pkey' })
  code!: string;

  @Column('integer')
  percent!: number;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  /** The first moment at which it is not valid any more. */
  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil!: Date | null;

  @Column('integer', { name: 'max_uses', nullable: true })
  maxUses!: number | null;

  @Column('integer', { name: 'max_uses_per_customer', nullable: true })
  maxUsesPerCustomer!: number | null;

  /** Orders that use it and have not ended unsold. */
  @Column('integer', { default: 0 })
  used!: number;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** Who of the staff made it. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;
}

/** Maps the table `coupon_customer`: how often a customer uses a coupon. */
@Entity('coupon_customer')
@Check('coupon_customer_used_within', 'used >= 0')
export class CouponCustomerEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'coupon_customer_pkey' })
  code!: string;

  @ManyToOne(() => CouponEntity, { nullable: false })
  @JoinColumn({ name: 'code', foreignKeyConstraintName: 'coupon_customer_coupon_fkey' })
  coupon!: CouponEntity;

  @PrimaryColumn('text', { name: 'customer_id', primaryKeyConstraintName: 'coupon_customer_pkey' })
  customerId!: string;

  @Column('integer')
  used!: number;
}
