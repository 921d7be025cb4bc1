import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Products and what they are found by. */
export class Products1764000000000 implements MigrationInterface {
  readonly name = 'Products1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(`
      CREATE TABLE product (
        id uuid PRIMARY KEY,
        sku text COLLATE "C" NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        category text NOT NULL,
        price_amount bigint NOT NULL CHECK (price_amount >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz,
        search tsvector GENERATED ALWAYS AS (
          setweight(to_tsvector('simple', sku), 'A') ||
          setweight(to_tsvector('english', name), 'A') ||
          setweight(to_tsvector('english', category), 'B') ||
          setweight(to_tsvector('english', description), 'C')
        ) STORED
      )`);
    await runner.query('CREATE UNIQUE INDEX product_sku_key ON product (sku) WHERE deleted_at IS NULL');
    await runner.query('CREATE INDEX product_category ON product (category, id) WHERE deleted_at IS NULL');
    await runner.query('CREATE INDEX product_search ON product USING gin (search)');
    await runner.query('CREATE INDEX product_name_trigrams ON product USING gin (name gin_trgm_ops)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE product');
  }
}
