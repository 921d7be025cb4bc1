import { randomBytes } from 'node:crypto';
import { type Role } from '@lethe/contracts';
import { type Database } from '@lethe/database';
import { emailKey } from '../user/email-key.js';
import { CURRENT_COST } from '../user/password-hash.js';
import { ACCOUNT_EXISTS, ACCOUNT_PAGE, ADD_ACCOUNT } from './transfer.sql.js';
import { type Outcome, type TransferredUser, type UserStore } from './transferred-user.js';

const PAGE = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';

interface PageRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: Role[];
  readonly password_hash: string;
  readonly email_verified: boolean;
  readonly disabled: boolean;
  readonly created_at: Date;
}

/** The accounts of auth, with their password hashes. */
export class OwnUsers implements UserStore {
  constructor(private readonly database: Database) {}

  async *users(): AsyncGenerator<TransferredUser> {
    for (let after: string | undefined = FIRST; after !== undefined;) {
      const rows: readonly PageRow[] = await this.database.query<PageRow>(ACCOUNT_PAGE, [after, PAGE]);
      for (const row of rows) {
        const { password_hash: passwordHash, email_verified: emailVerified, created_at: created, ...rest } = row;
        yield { ...rest, emailVerified, createdAt: created.toISOString(), passwordHash };
      }
      after = rows.length < PAGE ? undefined : rows.at(-1)?.id;
    }
  }

  /** A user without a hash gets one that no password has, and sets a password by mail. */
  async add(user: TransferredUser, dryRun: boolean): Promise<Outcome> {
    const { id, email, name, roles, emailVerified, disabled, createdAt, passwordHash = unusableHash() } = user;
    const key = emailKey(email);
    if (dryRun) return (await this.database.query(ACCOUNT_EXISTS, [id, key])).length > 0 ? 'exists' : 'imported';
    const row = [id, email, key, name, roles, passwordHash, emailVerified, disabled, createdAt];
    return (await this.database.query(ADD_ACCOUNT, row)).length > 0 ? 'imported' : 'exists';
  }
}

/** Well-formed, so that a sign-in does the work of any other (S26); the tag is 256 random bits. */
function unusableHash(): string {
  const { memory, passes, parallelism } = CURRENT_COST;
  const [salt, tag] = [16, 32].map((size) => randomBytes(size).toString('base64').replace(/=+$/, ''));
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${tag}`;
}
