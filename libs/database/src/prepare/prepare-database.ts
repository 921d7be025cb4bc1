import { DatabaseError, DatabasePreparationError } from '../database.errors.js';
import type { Administrator } from './administrator.js';
import {
  createDatabase,
  databaseNamed,
  ensureUser,
  grantDatabase,
  grantSchema,
  grantsOf,
  powersOf,
  signInByPassword,
  signInByTokens,
} from './prepare.sql.js';
import { scramVerifier } from './scram.js';

export interface ServiceDatabase {
  /** Of the service; its database and its user are named like it. */
  readonly name: string;
  /** How the user signs in from now on. */
  readonly signIn: { readonly by: 'iam' } | { readonly by: 'password'; readonly password: string };
}

/** What was done: the database was made, or was there already. */
export interface PreparedDatabase {
  readonly name: string;
  readonly database: 'created' | 'unchanged';
}

/** The database in which users are made and databases are listed; every server has it. */
const MAINTENANCE = 'postgres';
/** Names that need no quotes anywhere: in URLs, in ARNs of `rds-db`, in logs. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** duplicate_database, or the unique index of the catalogue: another one made it in the meantime. */
const ALREADY_THERE = new Set(['42P04', '23505']);

/**
 * Makes a database and a user for a service, or brings them in line: the user may connect to this database and to no other
 * one, owns what it makes there, and has no power beyond. The administrator owns the database. It may run again, and at the
 * same time elsewhere. Throws a {@link DatabasePreparationError}, and `DatabaseError` where a statement is refused.
 */
export async function prepareDatabase(admin: Administrator, service: ServiceDatabase): Promise<PreparedDatabase> {
  const { name, signIn } = service;
  if (!NAME.test(name)) throw new DatabasePreparationError(name, 'is no name for a database and a user');
  await admin.run(MAINTENANCE, ensureUser(name));
  // Before anything is given: a user of this name that is somebody else's must not be let in, nor changed.
  await refusePowers(admin, name);
  const database = await ensureDatabase(admin, name);
  await admin.run(MAINTENANCE, grantDatabase(name));
  await admin.run(name, grantSchema(name));
  await checkGrants(admin, name);
  await admin.run(
    MAINTENANCE,
    signIn.by === 'iam' ? signInByTokens(name) : signInByPassword(name, scramVerifier(signIn.password)),
  );
  return { name, database };
}

async function refusePowers(admin: Administrator, name: string): Promise<void> {
  const [row] = await admin.run(MAINTENANCE, powersOf(name));
  if (row?.['powers'] === '') return;
  throw new DatabasePreparationError(
    name,
    `has a user with more power than a service needs: ${String(row?.['powers'])}`,
  );
}

async function ensureDatabase(admin: Administrator, name: string): Promise<PreparedDatabase['database']> {
  const found = await admin.run(MAINTENANCE, databaseNamed(name));
  if (found.length > 0) return 'unchanged';
  try {
    await admin.run(MAINTENANCE, createDatabase(name));
    return 'created';
  } catch (error) {
    if (error instanceof DatabaseError && ALREADY_THERE.has(error.sqlState ?? '')) return 'unchanged';
    throw error;
  }
}

async function checkGrants(admin: Administrator, name: string): Promise<void> {
  const [row] = await admin.run(MAINTENANCE, grantsOf(name));
  if (row?.['own'] === true && row['anybody'] === false) return;
  throw new DatabasePreparationError(
    name,
    'has a database that is not the administrator’s to give: anybody may connect',
  );
}
