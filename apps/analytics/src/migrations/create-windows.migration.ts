import type { MigrationInterface, QueryRunner } from '@lethe/database';
import { MAKE_PARTITIONS_FUNCTION, MAKE_PARTITION_FUNCTION } from './partitions.js';

const TABLES = [
  `CREATE TYPE window_grain AS ENUM ('minute', 'hour', 'day', 'month')`,
  `CREATE TABLE sales_window (
     dimension text         NOT NULL CONSTRAINT sales_window_dimension
       CHECK (dimension IN ('all', 'category', 'country', 'outcome', 'returned', 'refunded')),
     grain     window_grain NOT NULL,
     start     timestamptz  NOT NULL,
     key       text         NOT NULL,
     currency  text         NOT NULL,
     orders    bigint       NOT NULL,
     units     bigint       NOT NULL,
     amount    bigint       NOT NULL,
     refunds   bigint       NOT NULL,
     refunded  bigint       NOT NULL,
     CONSTRAINT sales_window_pkey PRIMARY KEY (dimension, grain, start, key, currency)
   ) PARTITION BY RANGE (start)`,
  `CREATE TABLE product_window (
     grain      window_grain NOT NULL,
     start      timestamptz  NOT NULL,
     product_id uuid         NOT NULL,
     currency   text         NOT NULL,
     orders     bigint       NOT NULL,
     units      bigint       NOT NULL,
     amount     bigint       NOT NULL,
     CONSTRAINT product_window_pkey PRIMARY KEY (grain, start, product_id, currency)
   ) PARTITION BY RANGE (start)`,
  'CREATE INDEX product_window_by_product ON product_window (product_id, grain, start)',
  `CREATE TABLE order_came_back (
     order_id  uuid        NOT NULL,
     what      text        NOT NULL,
     placed_at timestamptz NOT NULL,
     CONSTRAINT order_came_back_pkey PRIMARY KEY (order_id, what)
   )`,
  // Those of a part of a minute are counted one by one.
  'CREATE INDEX order_came_back_by_time ON order_came_back (what, placed_at)',
  `CREATE TABLE event_source (
     source     text        NOT NULL,
     slot       integer     NOT NULL,
     newest_at  timestamptz NOT NULL,
     events     bigint      NOT NULL,
     late       bigint      NOT NULL,
     duplicates bigint      NOT NULL,
     CONSTRAINT event_source_pkey PRIMARY KEY (source, slot)
   )`,
  `CREATE TABLE click_window (
     grain  window_grain NOT NULL,
     start  timestamptz  NOT NULL,
     type   text         NOT NULL,
     events bigint       NOT NULL,
     CONSTRAINT click_window_pkey PRIMARY KEY (grain, start, type)
   )`,
  // Who came, as far as it is kept one by one; the type '' stands for all.
  `CREATE TABLE visitor (
     type    text         NOT NULL,
     grain   window_grain NOT NULL,
     start   timestamptz  NOT NULL,
     visitor text         NOT NULL,
     CONSTRAINT visitor_pkey PRIMARY KEY (type, grain, start, visitor)
   ) PARTITION BY RANGE (start)`,
  // How many rows of `visitor` a window has, and its sketch: of all of them, or, once it is not exact, of those that are gone.
  `CREATE TABLE visitor_window (
     type     text         NOT NULL,
     grain    window_grain NOT NULL,
     start    timestamptz  NOT NULL,
     stored   bigint       NOT NULL,
     is_exact boolean      NOT NULL DEFAULT true,
     sketch   bytea,
     sketched bigint       NOT NULL DEFAULT 0,
     CONSTRAINT visitor_window_pkey PRIMARY KEY (type, grain, start)
   )`,
  // Visits of one visitor are put together by one transaction at a time.
  'CREATE TABLE visit_lock (visitor text CONSTRAINT visit_lock_pkey PRIMARY KEY)',
  `CREATE TABLE visit (
     visitor    text        NOT NULL,
     started_at timestamptz NOT NULL,
     ended_at   timestamptz NOT NULL,
     events     bigint      NOT NULL,
     views      bigint      NOT NULL,
     carts      bigint      NOT NULL,
     orders     bigint      NOT NULL,
     CONSTRAINT visit_pkey PRIMARY KEY (visitor, started_at)
   )`,
  'CREATE INDEX visit_by_time ON visit (started_at)',
  `CREATE TABLE visit_window (
     grain     window_grain NOT NULL,
     start     timestamptz  NOT NULL,
     sessions  bigint       NOT NULL,
     events    bigint       NOT NULL,
     seconds   bigint       NOT NULL,
     viewed    bigint       NOT NULL,
     carted    bigint       NOT NULL,
     ordered   bigint       NOT NULL,
     funnel_cart  bigint    NOT NULL,
     funnel_order bigint    NOT NULL,
     carts     bigint       NOT NULL,
     orders    bigint       NOT NULL,
     CONSTRAINT visit_window_pkey PRIMARY KEY (grain, start)
   )`,
];

/** Windows of time, empty yet: the migrations after this one fill them, and have them kept. Only adds (R38). */
export class CreateWindows1768000000001 implements MigrationInterface {
  readonly name = 'CreateWindows1768000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...TABLES, MAKE_PARTITION_FUNCTION, MAKE_PARTITIONS_FUNCTION]) await runner.query(sql);
    await runner.query('SELECT make_window_partitions()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION make_window_partitions, make_window_partition');
    await runner.query(
      `DROP TABLE visit_window, visit, visit_lock, visitor_window, visitor, click_window, event_source, order_came_back,
         product_window, sales_window`,
    );
    await runner.query('DROP TYPE window_grain');
  }
}
