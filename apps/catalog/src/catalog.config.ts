import { imagesBucket, importsBucket } from '@lethe/contracts';
import { databaseConfig, readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

/** What catalog reads from its environment. */
export const catalogConfigSchema = serviceConfigSchema.extend({
  IMPORTS_BUCKET: z.string().min(3).max(63).default(importsBucket).describe('S3 bucket of uploaded catalogue files.'),
  IMAGES_BUCKET: z.string().min(3).max(63).default(imagesBucket).describe('S3 bucket of product images.'),
  SERVICE_KEYS: serviceConfigSchema.shape.SERVICE_KEYS.unwrap().describe(
    'Public keys of all services, a JWKS in JSON: orders asks for quotes, and a function reports on images, with a token of its own.',
  ),
  PRICE_MAX_AGE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(5_000)
    .describe('With VALKEY_URL: no price that was replaced earlier than so many ms before a request is in its answer.'),
  IMPORTS_PER_USER: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(120)
    .describe('Imports begun per admin in a minute (S51).'),
});
export type CatalogConfig = z.output<typeof catalogConfigSchema>;

/** What the one-off migration step reads: it needs no more than the database. */
export const migrateConfigSchema = serviceConfigSchema.pick(databaseConfig);
export type MigrateConfig = z.output<typeof migrateConfigSchema>;

/** The service's configuration; a fault ends the process with 78. */
export const readCatalogConfig = (): CatalogConfig => readConfig(catalogConfigSchema, process.env);
/** The migration step's configuration; a fault ends the process with 78. */
export const readMigrateConfig = (): MigrateConfig => readConfig(migrateConfigSchema, process.env);
