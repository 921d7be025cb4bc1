import type { MigrationInterface, QueryRunner } from '@lethe/database';

const UP = [
  // In this order: what is known of an order only ever grows, whichever of its messages comes first.
  `CREATE TYPE order_outcome AS ENUM ('placed', 'cancelled', 'rejected', 'confirmed')`,
  `CREATE TABLE order_fact (
     order_id     uuid          CONSTRAINT order_fact_pkey PRIMARY KEY,
     placed_at    timestamptz   NOT NULL,
     outcome      order_outcome NOT NULL,
     confirmed_at timestamptz,
     lines        integer,
     units        bigint,
     amount       bigint,
     currency     text,
     CONSTRAINT order_fact_confirmed_is_whole CHECK (outcome <> 'confirmed' OR
       (confirmed_at IS NOT NULL AND lines IS NOT NULL AND units IS NOT NULL AND amount IS NOT NULL AND currency IS NOT NULL))
   )`,
  // Sales and the funnel read nothing but this index.
  `CREATE INDEX order_fact_by_time ON order_fact (placed_at) INCLUDE (outcome, currency, units, amount)`,
  // Without them the planner takes every order for a bucket of its own.
  `CREATE STATISTICS order_fact_hours ON (date_bin('1 hour', placed_at, timestamptz 'epoch')) FROM order_fact`,
  `CREATE STATISTICS order_fact_days ON (date_bin('1 day', placed_at, timestamptz 'epoch')) FROM order_fact`,
  `CREATE TABLE order_line_fact (
     order_id   uuid        NOT NULL,
     position   integer     NOT NULL,
     product_id uuid        NOT NULL,
     sku        text        NOT NULL,
     name       text        NOT NULL,
     placed_at  timestamptz NOT NULL,
     units      bigint      NOT NULL,
     amount     bigint      NOT NULL,
     currency   text        NOT NULL,
     CONSTRAINT order_line_fact_pkey PRIMARY KEY (order_id, position)
   )`,
  `CREATE INDEX order_line_fact_by_time ON order_line_fact (placed_at) INCLUDE (product_id, currency, units, amount)`,
  `CREATE INDEX order_line_fact_by_product ON order_line_fact (product_id, placed_at)`,
  `CREATE TABLE click (
     id         text        CONSTRAINT click_pkey PRIMARY KEY,
     type       text        NOT NULL,
     at         timestamptz NOT NULL,
     session    text        NOT NULL,
     product_id uuid
   )`,
  `CREATE INDEX click_by_time ON click (at) INCLUDE (type, session)`,
  `CREATE TABLE parked_click (
     shard_id        text        NOT NULL,
     sequence_number text        NOT NULL,
     reason          text        NOT NULL,
     body            bytea       NOT NULL,
     parked_at       timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT parked_click_pkey PRIMARY KEY (shard_id, sequence_number)
   )`,
];

/** What is known of orders, of their lines and of clicks. */
export class CreateFacts1764633600000 implements MigrationInterface {
  readonly name = 'CreateFacts1764633600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parked_click, click, order_line_fact, order_fact');
    await runner.query('DROP TYPE order_outcome');
  }
}
