import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A record of the stream that is no click: kept for someone to look at, so that it neither blocks nor vanishes (R21). */
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
