import type { MigrationInterface, QueryRunner } from '@lethe/database';

const UP = [
  `CREATE TABLE lake_job (
     id           uuid        CONSTRAINT lake_job_pkey PRIMARY KEY,
     kind         text        NOT NULL CONSTRAINT lake_job_kind CHECK (kind IN ('export', 'rewrite')),
     -- Erasures up to this one are applied to what the job writes, however late it writes it.
     erasures     bigint      NOT NULL,
     made_at      timestamptz NOT NULL DEFAULT now(),
     leased_until timestamptz NOT NULL DEFAULT '-infinity'
   )`,
  `CREATE TABLE lake_batch (
     id          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT lake_batch_pkey PRIMARY KEY,
     appended_at timestamptz NOT NULL DEFAULT now(),
     event_count integer     NOT NULL,
     events      text        NOT NULL,
     job_id      uuid        CONSTRAINT lake_batch_job REFERENCES lake_job
   )`,
  'CREATE INDEX lake_batch_waiting ON lake_batch (id) WHERE job_id IS NULL',
  'CREATE INDEX lake_batch_by_job ON lake_batch (job_id, id) WHERE job_id IS NOT NULL',
  // The manifest: a file that is not in it does not count.
  `CREATE TABLE lake_file (
     key        text    CONSTRAINT lake_file_pkey PRIMARY KEY,
     event_type text    NOT NULL,
     day        date    NOT NULL,
     events     integer NOT NULL,
     bytes      bigint  NOT NULL,
     erasures   bigint  NOT NULL,
     job_id     uuid    CONSTRAINT lake_file_job REFERENCES lake_job
   )`,
  'CREATE INDEX lake_file_by_day ON lake_file (event_type, day)',
  'CREATE INDEX lake_file_by_job ON lake_file (job_id) WHERE job_id IS NOT NULL',
  // Which files know a customer: an erasure rewrites these and no others.
  `CREATE TABLE lake_file_customer (
     customer text NOT NULL,
     key      text NOT NULL CONSTRAINT lake_file_customer_file REFERENCES lake_file ON DELETE CASCADE,
     CONSTRAINT lake_file_customer_pkey PRIMARY KEY (customer, key)
   )`,
  'CREATE INDEX lake_file_customer_by_file ON lake_file_customer (key)',
  // Objects that no manifest names any more: readers of an older one are given time.
  `CREATE TABLE lake_garbage (
     key          text        CONSTRAINT lake_garbage_pkey PRIMARY KEY,
     erasures     bigint      NOT NULL,
     delete_after timestamptz NOT NULL
   )`,
  'CREATE INDEX lake_garbage_due ON lake_garbage (delete_after)',
  `CREATE TABLE lake_erasure (
     id           bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT lake_erasure_pkey PRIMARY KEY,
     customer     text        NOT NULL CONSTRAINT lake_erasure_once UNIQUE,
     requested_at timestamptz NOT NULL DEFAULT now(),
     done_at      timestamptz
   )`,
  'CREATE INDEX lake_erasure_open ON lake_erasure (id) WHERE done_at IS NULL',
  // One row: how often the manifest changed, and which of its states lies in the bucket.
  `CREATE TABLE lake_manifest (
     one       boolean CONSTRAINT lake_manifest_pkey PRIMARY KEY DEFAULT true CONSTRAINT lake_manifest_one CHECK (one),
     version   bigint  NOT NULL,
     published bigint  NOT NULL
   )`,
  'INSERT INTO lake_manifest (version, published) VALUES (1, 0)',
];

/** What waits for the lake, what lies in it, and who is to be forgotten. Only adds (R38). */
export class CreateLake1768000000020 implements MigrationInterface {
  readonly name = 'CreateLake1768000000020';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE lake_manifest, lake_erasure, lake_garbage, lake_file_customer, lake_file, lake_batch, lake_job',
    );
  }
}
