import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Maps the table `restock`: the returns whose goods are back on the shelf. */
@Entity('restock')
export class RestockEntity {
  @PrimaryColumn('uuid', { name: 'return_id' })
  returnId!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('timestamptz', { name: 'restocked_at' })
  restockedAt!: Date;
}
