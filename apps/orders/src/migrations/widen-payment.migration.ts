import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // Wider (R38): replicas of the version before know fewer states and write no other, and leave the new columns empty.
  `ALTER TABLE payment
     ADD COLUMN action_url text,
     ADD COLUMN first_requested_at timestamptz,
     DROP CONSTRAINT payment_status_known,
     ADD CONSTRAINT payment_status_known CHECK (status IN
       ('requested', 'requires-action', 'processing', 'authorized', 'captured', 'declined', 'voided')) NOT VALID`,
  // A default of its own statement: rows that are there keep null, and the table is not written anew.
  `ALTER TABLE payment ALTER COLUMN first_requested_at SET DEFAULT clock_timestamp()`,
  `CREATE TABLE payment_notice (
     id          text        CONSTRAINT payment_notice_pkey PRIMARY KEY,
     type        text        NOT NULL,
     received_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE INDEX payment_notice_by_age ON payment_notice (received_at)`,
  `ALTER TABLE refund ADD COLUMN asked_at timestamptz`,
];

/** Payments that are authorized before they are captured, webhooks received, and when the provider was asked for a refund. */
export class WidenPayment1767225600030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refund DROP COLUMN asked_at');
    await runner.query('DROP TABLE payment_notice');
    await runner.query('ALTER TABLE payment DROP COLUMN action_url, DROP COLUMN first_requested_at');
  }
}
