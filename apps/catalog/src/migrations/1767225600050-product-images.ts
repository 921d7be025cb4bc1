import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Images of products. What is shown of them stands in the product's own row, so that reading products costs no join;
 * `product_image` also knows those that are expected and those that were refused.
 */
export class ProductImages1767225600050 implements MigrationInterface {
  readonly name = 'ProductImages1767225600050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE product_image (
        id uuid PRIMARY KEY,
        product_id uuid NOT NULL REFERENCES product (id),
        type text NOT NULL,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'refused')),
        reason text,
        shown jsonb,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        settled_at timestamptz,
        CONSTRAINT product_image_shown CHECK ((status = 'ready') = (shown IS NOT NULL))
      )`);
    await runner.query('CREATE INDEX product_image_product ON product_image (product_id, id)');
    await runner.query('ALTER TABLE product ADD images jsonb, ADD images_version integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE product DROP images, DROP images_version');
    await runner.query('DROP TABLE product_image');
  }
}
