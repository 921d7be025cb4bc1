import type { Decision } from '@lethe/contracts';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OrderEntity } from '../order/order.entity.js';

/** Something that a workflow waits for the staff to decide; decided once. Mapping only. */
@Entity('approval')
@Index('approval_open', ['askedAt'], { where: `decision IS NULL` })
@Check('approval_decision_known', `decision IN ('approved', 'denied')`)
@Check(
  'approval_decided_whole',
  `(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)`,
)
export class ApprovalEntity {
  @PrimaryColumn('uuid', { name: 'order_id', primaryKeyConstraintName: 'approval_pkey' })
  orderId!: string;

  @ManyToOne(() => OrderEntity, { nullable: false })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'approval_order_fkey' })
  order!: OrderEntity;

  /** `fulfilment`, or the id of a refund. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'approval_pkey' })
  subject!: string;

  @Column('timestamptz', { name: 'asked_at', default: () => 'clock_timestamp()' })
  askedAt!: Date;

  @Column('text', { nullable: true })
  decision!: Decision | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;

  /** Who decided it, as `formatActor` writes it. */
  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy!: string | null;
}
