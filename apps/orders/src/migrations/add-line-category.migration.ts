import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The category of what was bought, for whoever counts. Only adds (R38): lines from before, and of replicas before, have none. */
export class AddLineCategory1768000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_line ADD COLUMN category text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_line DROP COLUMN category');
  }
}
