import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // Wider (R38): replicas of the version before know fewer states, and write no other.
  `ALTER TABLE orders
     DROP CONSTRAINT orders_status_known,
     ADD CONSTRAINT orders_status_known CHECK (status IN
       ('pending', 'reserved', 'paid', 'confirmed', 'fulfilling', 'shipped', 'delivered', 'returned', 'partly-refunded',
        'refunded', 'rejected', 'cancelled', 'fulfilled')) NOT VALID`,
  // The database itself refuses to give back more than was paid, or to take back more than was bought.
  `ALTER TABLE orders
     ADD COLUMN refunds_claimed bigint NOT NULL DEFAULT 0,
     ADD COLUMN refunded bigint NOT NULL DEFAULT 0,
     ADD CONSTRAINT orders_refunds_within CHECK
       (refunded >= 0 AND refunded <= refunds_claimed AND refunds_claimed <= total) NOT VALID`,
  `ALTER TABLE order_line
     ADD COLUMN returned integer NOT NULL DEFAULT 0,
     ADD CONSTRAINT order_line_returned_within CHECK (returned >= 0 AND returned <= quantity) NOT VALID`,
  `CREATE TABLE order_return (
     id          uuid        CONSTRAINT order_return_pkey PRIMARY KEY,
     order_id    uuid        NOT NULL CONSTRAINT order_return_order_fkey REFERENCES orders (id),
     reason      text        NOT NULL,
     returned_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  'CREATE INDEX order_return_by_order ON order_return (order_id)',
  `CREATE TABLE order_return_line (
     return_id uuid    NOT NULL CONSTRAINT order_return_line_return_fkey REFERENCES order_return (id),
     position  integer NOT NULL,
     quantity  integer NOT NULL CONSTRAINT order_return_line_quantity_positive CHECK (quantity > 0),
     amount    bigint  NOT NULL CONSTRAINT order_return_line_amount_not_negative CHECK (amount >= 0),
     CONSTRAINT order_return_line_pkey PRIMARY KEY (return_id, position)
   )`,
  `CREATE TABLE refund (
     id                 uuid        CONSTRAINT refund_pkey PRIMARY KEY,
     order_id           uuid        NOT NULL CONSTRAINT refund_order_fkey REFERENCES orders (id),
     return_id          uuid        CONSTRAINT refund_return_fkey REFERENCES order_return (id),
     amount             bigint      NOT NULL CONSTRAINT refund_amount_positive CHECK (amount > 0),
     status             text        NOT NULL DEFAULT 'requested'
       CONSTRAINT refund_status_known CHECK (status IN ('requested', 'succeeded', 'failed')),
     provider_refund_id text,
     reason             text        NOT NULL,
     requested_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
     settled_at         timestamptz,
     CONSTRAINT refund_settled_has_time CHECK ((status = 'requested') = (settled_at IS NULL))
   )`,
  'CREATE INDEX refund_by_order ON refund (order_id)',
  // Those that the provider still has to be asked about: as small as they are few.
  `CREATE INDEX refund_under_way ON refund (requested_at) WHERE status = 'requested'`,
];

/** Returns and refunds, and the states that an order comes into after it was confirmed. Only adds (R38). */
export class AddRefunds1767225600010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refund, order_return_line, order_return');
    await runner.query('ALTER TABLE order_line DROP COLUMN returned');
    await runner.query('ALTER TABLE orders DROP COLUMN refunds_claimed, DROP COLUMN refunded');
  }
}
