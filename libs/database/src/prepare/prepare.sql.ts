import pg from 'pg';

const { escapeIdentifier, escapeLiteral } = pg;

/** Advisory locks are per database: of two that prepare at once, one waits for the other's transaction. */
const PREPARE_LOCK = 7_237_461_102;
/** Members of this role sign in to RDS and Aurora by tokens, and by nothing else. */
export const RDS_IAM = 'rds_iam';

/** Statements in one transaction, one after the other where several prepare at once. */
function underLock(...statements: readonly string[]): string {
  return `DO $prepare$ BEGIN
  PERFORM pg_advisory_xact_lock(${PREPARE_LOCK});
${statements.map((text) => `  ${text};`).join('\n')}
END $prepare$`;
}

/** A user without any power: attributes of a role are off unless they are asked for. */
export function ensureUser(user: string): string {
  return underLock(
    `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(user)}) THEN
    CREATE ROLE ${escapeIdentifier(user)} LOGIN;
  END IF`,
  );
}

/** `powers`: what the user may do beyond its own database, separated by commas. */
export function powersOf(user: string): string {
  return `SELECT concat_ws(', ',
  CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
  CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
  CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
  (SELECT string_agg('member of ' || granted.rolname, ', ' ORDER BY granted.rolname)
   FROM pg_auth_members JOIN pg_roles granted ON granted.oid = pg_auth_members.roleid
   WHERE pg_auth_members.member = pg_roles.oid AND granted.rolname <> '${RDS_IAM}')) AS powers
FROM pg_roles WHERE rolname = ${escapeLiteral(user)}`;
}

/** By tokens alone: a password that is there from before is gone. */
export function signInByTokens(user: string): string {
  const name = escapeIdentifier(user);
  return underLock(`ALTER ROLE ${name} PASSWORD NULL`, `GRANT ${RDS_IAM} TO ${name}`);
}

/** `verifier`: of SCRAM. */
export function signInByPassword(user: string, verifier: string): string {
  return underLock(`ALTER ROLE ${escapeIdentifier(user)} PASSWORD ${escapeLiteral(verifier)}`);
}

export function databaseNamed(name: string): string {
  return `SELECT datname FROM pg_database WHERE datname = ${escapeLiteral(name)}`;
}

/** Sorted by code point, with the same Unicode rules on every system: as the embedded server. It refuses any transaction. */
export function createDatabase(name: string): string {
  return `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'
  LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`;
}

/** Nobody but the user may come in. It makes what it needs (CREATE: trusted extensions), and cannot let others in. */
export function grantDatabase(name: string): string {
  const both = escapeIdentifier(name);
  return underLock(
    `REVOKE ALL ON DATABASE ${both} FROM PUBLIC`,
    `GRANT CONNECT, CREATE ON DATABASE ${both} TO ${both}`,
  );
}

/** Inside the database: what the user makes here is its own, so that it may migrate it. */
export function grantSchema(user: string): string {
  return underLock(
    'REVOKE ALL ON SCHEMA public FROM PUBLIC',
    `GRANT USAGE, CREATE ON SCHEMA public TO ${escapeIdentifier(user)}`,
  );
}

/** Whether the grants above hold: a REVOKE by who may not is a mere warning. */
export function grantsOf(name: string): string {
  const text = escapeLiteral(name);
  return `SELECT has_database_privilege(${text}, ${text}, 'CONNECT') AND has_database_privilege(${text}, ${text}, 'CREATE') AS own,
  has_database_privilege('public', ${text}, 'CONNECT') AS anybody`;
}
