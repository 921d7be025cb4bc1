import type { MigrationInterface, QueryRunner } from '@lethe/database';

const UP = [
  `CREATE TABLE order_refund_fact (
     refund_id   uuid        CONSTRAINT order_refund_fact_pkey PRIMARY KEY,
     order_id    uuid        NOT NULL,
     placed_at   timestamptz NOT NULL,
     refunded_at timestamptz NOT NULL,
     amount      bigint      NOT NULL,
     currency    text        NOT NULL,
     is_full     boolean     NOT NULL
   )`,
  'CREATE INDEX order_refund_fact_by_time ON order_refund_fact (refunded_at) INCLUDE (currency, amount)',
  'CREATE INDEX order_refund_fact_by_placed ON order_refund_fact (placed_at) INCLUDE (order_id, is_full)',
  `CREATE TABLE order_return_fact (
     return_id   uuid        CONSTRAINT order_return_fact_pkey PRIMARY KEY,
     order_id    uuid        NOT NULL,
     placed_at   timestamptz NOT NULL,
     returned_at timestamptz NOT NULL,
     units       bigint      NOT NULL
   )`,
  'CREATE INDEX order_return_fact_by_placed ON order_return_fact (placed_at) INCLUDE (order_id)',
];

/** What came back of orders, goods and money. Only adds (R38). */
export class AddRefundFacts1767225600013 implements MigrationInterface {
  readonly name = 'AddRefundFacts1767225600013';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_return_fact, order_refund_fact');
  }
}
