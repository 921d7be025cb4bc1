import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Imports, their checkpoint, and what their lines have added up to so far. The staging tables are logged: a checkpoint
 * says that they hold every line before it, and an unlogged table would be empty after a crash of the server.
 */
export class Imports1764000000002 implements MigrationInterface {
  readonly name = 'Imports1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE catalog_import (
        id uuid PRIMARY KEY,
        format text NOT NULL,
        object_key text NOT NULL,
        object_bytes bigint NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed')),
        failure text,
        rows bigint NOT NULL DEFAULT 0,
        imported bigint NOT NULL DEFAULT 0,
        rejected_count bigint NOT NULL DEFAULT 0,
        phase text NOT NULL DEFAULT 'reading' CHECK (phase IN ('reading', 'applying', 'cleaning', 'done')),
        byte_offset bigint NOT NULL DEFAULT 0,
        next_line bigint NOT NULL DEFAULT 1,
        columns jsonb,
        carry jsonb,
        applied_sku text COLLATE "C" NOT NULL DEFAULT '',
        runner uuid,
        runner_until timestamptz
      )`);
    await runner.query(`
      CREATE TABLE import_rejection (
        import_id uuid NOT NULL, line bigint NOT NULL, reason text NOT NULL, PRIMARY KEY (import_id, line)
      )`);
    await runner.query(`
      CREATE TABLE import_price (
        import_id uuid NOT NULL, sku text COLLATE "C" NOT NULL, price numeric NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (import_id, sku, price)
      )`);
    await runner.query(`
      CREATE TABLE import_name (
        import_id uuid NOT NULL, sku text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (import_id, sku, name)
      )`);
    await runner.query(`
      CREATE TABLE import_units (
        import_id uuid NOT NULL, sku text COLLATE "C" NOT NULL, units bigint NOT NULL, line bigint NOT NULL,
        PRIMARY KEY (import_id, sku)
      )`);
    await runner.query(`
      CREATE TABLE import_product (
        import_id uuid NOT NULL, sku text COLLATE "C" NOT NULL, line bigint NOT NULL, name text NOT NULL,
        description text NOT NULL, category text NOT NULL, price_amount bigint NOT NULL, currency text NOT NULL,
        units bigint NOT NULL, PRIMARY KEY (import_id, sku)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE import_product, import_units, import_name, import_price, import_rejection, catalog_import',
    );
  }
}
