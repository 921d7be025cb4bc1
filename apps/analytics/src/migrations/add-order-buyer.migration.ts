import type { MigrationInterface, QueryRunner } from '@lethe/database';

/** Who bought, where it went, and of what category. Only adds (R38): what is known from before has none. */
export class AddOrderBuyer1768000000000 implements MigrationInterface {
  readonly name = 'AddOrderBuyer1768000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_fact ADD COLUMN customer text, ADD COLUMN country text');
    await runner.query('CREATE INDEX order_fact_by_customer ON order_fact (customer) WHERE customer IS NOT NULL');
    await runner.query('ALTER TABLE order_line_fact ADD COLUMN category text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_line_fact DROP COLUMN category');
    await runner.query('ALTER TABLE order_fact DROP COLUMN customer, DROP COLUMN country');
  }
}
