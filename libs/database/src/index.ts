export {
  CommitOutcomeUnknownError,
  DatabaseError,
  DatabasePreparationError,
  DatabaseTokenError,
  DatabaseUnavailableError,
  DatabaseUrlError,
  MigrationError,
  TransactionEndedError,
  TransactionRetriesExhaustedError,
  isUniqueViolation,
} from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type { DatabaseOptions, EntityClass, MigrationClass } from './database.options.js';
export { Database, type PoolState, type TransactionOptions } from './database.js';
export { type MigrateOptions, migrate } from './migrate.js';
export { type Querier, type Statement, type Tx, statement } from './statement.js';
export { type Administrator, ConnectedAdministrator } from './prepare/administrator.js';
export { type PreparedDatabase, type ServiceDatabase, prepareDatabase } from './prepare/prepare-database.js';
export type { SignIn, TokenPlace, TokenSigner } from './sign-in/sign-in.js';
export { deleteInBatches } from './delete-in-batches.js';
export type { MigrationInterface, QueryRunner } from 'typeorm';
