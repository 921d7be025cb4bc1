import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE reconciliation (
     id           uuid        CONSTRAINT reconciliation_pkey PRIMARY KEY,
     from_at      timestamptz NOT NULL,
     to_at        timestamptz NOT NULL,
     until_at     timestamptz,
     status       text        NOT NULL DEFAULT 'running'
       CONSTRAINT reconciliation_status_known CHECK (status IN ('running', 'done')),
     attempt      integer     NOT NULL DEFAULT 0,
     scheduled_at timestamptz CONSTRAINT reconciliation_once_per_tick UNIQUE,
     requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     finished_at  timestamptz,
     payments     integer     NOT NULL DEFAULT 0,
     refunds      integer     NOT NULL DEFAULT 0,
     differences  integer     NOT NULL DEFAULT 0,
     CONSTRAINT reconciliation_has_period CHECK (from_at < to_at)
   )`,
  `CREATE TABLE reconciliation_difference (
     run_id     uuid    NOT NULL CONSTRAINT reconciliation_difference_run_fkey REFERENCES reconciliation (id) ON DELETE CASCADE,
     position   integer NOT NULL,
     kind       text    NOT NULL,
     subject    text    NOT NULL,
     order_id   uuid,
     payment_id text,
     refund_id  text,
     ours       text,
     theirs     text,
     CONSTRAINT reconciliation_difference_pkey PRIMARY KEY (run_id, position)
   )`,
  // What the provider says, for as long as a run takes: compared by the database, so that no list is held in memory.
  `CREATE TABLE reconciliation_payment (
     run_id     uuid    NOT NULL,
     attempt    integer NOT NULL,
     payment_id text    NOT NULL,
     order_id   uuid,
     status     text    NOT NULL,
     amount     bigint,
     refunded   bigint  NOT NULL,
     currency   text,
     created_at timestamptz,
     CONSTRAINT reconciliation_payment_pkey PRIMARY KEY (run_id, attempt, payment_id)
   )`,
  `CREATE TABLE reconciliation_refund (
     run_id             uuid    NOT NULL,
     attempt            integer NOT NULL,
     provider_refund_id text    NOT NULL,
     refund_id          uuid,
     payment_id         text    NOT NULL,
     status             text    NOT NULL,
     amount             bigint  NOT NULL,
     currency           text    NOT NULL,
     created_at         timestamptz,
     CONSTRAINT reconciliation_refund_pkey PRIMARY KEY (run_id, attempt, provider_refund_id)
   )`,
];

/** Runs of the reconciliation with the payment provider, and what they found. Only adds (R38). */
export class CreateReconciliations1767225600061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE reconciliation_refund, reconciliation_payment, reconciliation_difference, reconciliation',
    );
  }
}
