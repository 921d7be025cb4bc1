import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A record of the stream that is no click, from before these went to the dead-letter queue: nothing is added (R38). */
@Entity('parked_click')
export class ParkedClickEntity {
  @PrimaryColumn('text', { name: 'shard_id', primaryKeyConstraintName: 'parked_click_pkey' })
  shardId!: string;

  @PrimaryColumn('text', { name: 'sequence_number', primaryKeyConstraintName: 'parked_click_pkey' })
  sequenceNumber!: string;

  @Column('text')
  reason!: string;

  @Column('bytea')
  body!: Buffer;

  @Column('timestamptz', { name: 'parked_at', default: () => 'now()' })
  parkedAt!: Date;
}
