import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReservationState, Shortage } from './reservation.js';

/** Maps the table `reservation_state`: what became of the stock of an order. */
@Entity('reservation_state')
export class ReservationStateEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('text')
  state!: ReservationState;

  @Column('jsonb', { nullable: true })
  shortages!: Shortage[] | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

/** Maps the table `reservation`: a line that is set aside, gone once it is sold or given back. */
@Entity('reservation')
export class ReservationEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('uuid', { name: 'product_id' })
  productId!: string;

  @Column('bigint')
  quantity!: number;
}
