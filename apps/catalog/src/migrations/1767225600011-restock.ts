import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Returns that are back on the shelf, and their entries in the journal: those have the return's id, and are no
 * corrections, so `adjusted` does not count them. Only adds (R38).
 */
export class Restock1767225600011 implements MigrationInterface {
  readonly name = 'Restock1767225600011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE restock (
        return_id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        restocked_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query('ALTER TABLE stock_adjustment ADD COLUMN return_id uuid REFERENCES restock (return_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stock_adjustment DROP COLUMN return_id');
    await runner.query('DROP TABLE restock');
  }
}
