import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A webhook that was received, so that its repeat is none. Mapping only: statements are in `*.sql.ts`. */
@Entity('payment_notice')
@Index('payment_notice_by_age', ['receivedAt'])
export class PaymentNoticeEntity {
  /** The provider's id of the event. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'payment_notice_pkey' })
  id!: string;

  /** The provider's name of what happened. */
  @Column('text')
  type!: string;

  @Column('timestamptz', { name: 'received_at', default: () => 'clock_timestamp()' })
  receivedAt!: Date;
}
