import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE orders (
     id            uuid        CONSTRAINT orders_pkey PRIMARY KEY,
     customer_id   text        NOT NULL,
     status        text        NOT NULL,
     currency      text        NOT NULL,
     total         bigint      NOT NULL,
     payment_token text        NOT NULL,
     reason        text,
     placed_at     timestamptz NOT NULL,
     version       integer     NOT NULL DEFAULT 1,
     due_at        timestamptz NOT NULL DEFAULT clock_timestamp() + interval '2 minutes',
     reminders     integer     NOT NULL DEFAULT 0,
     CONSTRAINT orders_status_known CHECK (status IN
       ('pending', 'reserved', 'paid', 'confirmed', 'rejected', 'cancelled', 'fulfilled', 'refunded')),
     CONSTRAINT orders_total_not_negative CHECK (total >= 0)
   )`,
  // A B-tree is read backwards as fast: newest first is this index from its end, and all orders the primary key.
  `CREATE INDEX orders_by_customer ON orders (customer_id, id)`,
  // Only orders under way are in it: it stays as small as they are few.
  `CREATE INDEX orders_under_way ON orders (due_at) WHERE status IN ('pending', 'reserved')`,
  `CREATE TABLE order_line (
     order_id   uuid    NOT NULL CONSTRAINT order_line_order_fkey REFERENCES orders (id),
     position   integer NOT NULL,
     product_id uuid    NOT NULL,
     sku        text    NOT NULL,
     name       text    NOT NULL,
     quantity   integer NOT NULL CONSTRAINT order_line_quantity_positive CHECK (quantity > 0),
     unit_price bigint  NOT NULL,
     CONSTRAINT order_line_pkey PRIMARY KEY (order_id, position)
   )`,
  `CREATE TABLE order_history (
     order_id uuid        NOT NULL CONSTRAINT order_history_order_fkey REFERENCES orders (id),
     version  integer     NOT NULL,
     status   text        NOT NULL,
     at       timestamptz NOT NULL DEFAULT clock_timestamp(),
     CONSTRAINT order_history_pkey PRIMARY KEY (order_id, version)
   )`,
  `CREATE TABLE payment (
     order_id     uuid CONSTRAINT payment_pkey PRIMARY KEY CONSTRAINT payment_order_fkey REFERENCES orders (id),
     status       text        NOT NULL,
     charge_id    text,
     requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     CONSTRAINT payment_status_known CHECK (status IN ('requested', 'captured', 'declined', 'voided')),
     CONSTRAINT payment_captured_has_charge CHECK (status <> 'captured' OR charge_id IS NOT NULL)
   )`,
];

/** Orders, their lines and history, and payments. */
export class CreateOrders1764547200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment, order_history, order_line, orders');
  }
}
