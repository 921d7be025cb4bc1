import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // Replicas of the version before leave the subtotal empty: it is then the total. What they write has no discount.
  `ALTER TABLE orders
     ADD COLUMN subtotal bigint,
     ADD COLUMN discount bigint NOT NULL DEFAULT 0,
     ADD COLUMN tax bigint NOT NULL DEFAULT 0,
     ADD COLUMN coupon text,
     ADD COLUMN country text,
     ADD CONSTRAINT orders_amounts_add_up CHECK (coalesce(subtotal, total) - discount + tax = total) NOT VALID,
     ADD CONSTRAINT orders_coupon_used CHECK (coupon <> '') NOT VALID`,
  `ALTER TABLE order_line
     ADD COLUMN discount bigint NOT NULL DEFAULT 0,
     ADD COLUMN tax bigint NOT NULL DEFAULT 0`,
  `CREATE TABLE coupon (
     code                  text        CONSTRAINT coupon_pkey PRIMARY KEY,
     percent               integer     NOT NULL CONSTRAINT coupon_percent_within CHECK (percent BETWEEN 1 AND 100),
     valid_from            timestamptz NOT NULL,
     valid_until           timestamptz,
     max_uses              integer,
     max_uses_per_customer integer,
     used                  integer     NOT NULL DEFAULT 0,
     ended_at              timestamptz,
     created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
     created_by            text        NOT NULL,
     CONSTRAINT coupon_used_within CHECK (used >= 0 AND used <= max_uses)
   )`,
  `CREATE TABLE coupon_customer (
     code        text    NOT NULL CONSTRAINT coupon_customer_coupon_fkey REFERENCES coupon (code),
     customer_id text    NOT NULL,
     used        integer NOT NULL CONSTRAINT coupon_customer_used_within CHECK (used >= 0),
     CONSTRAINT coupon_customer_pkey PRIMARY KEY (code, customer_id)
   )`,
];

/** How an order's total comes about, and coupons with the number of their uses. Only adds (R38). */
export class AddAmountsAndCoupons1767225600020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE coupon_customer, coupon');
    await runner.query(
      'ALTER TABLE orders DROP COLUMN subtotal, DROP COLUMN discount, DROP COLUMN tax, DROP COLUMN coupon, DROP COLUMN country',
    );
    await runner.query('ALTER TABLE order_line DROP COLUMN discount, DROP COLUMN tax');
  }
}
