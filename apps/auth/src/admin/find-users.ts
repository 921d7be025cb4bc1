import { type UserPage, type UserQuery } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { isUuid } from '@lethe/kernel';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { InvalidCursorError } from '../auth.errors.js';
import { userOf } from './user.js';
import { FIND_USERS, type UserRow } from './users.sql.js';

const FIRST = '00000000-0000-0000-0000-000000000000';

/** A page of accounts, in the order of their making. */
export class FindUsers extends Query<UserPage> {
  constructor(readonly query: UserQuery) {
    super();
  }
}

/** Throws an InvalidCursorError. */
@QueryHandler(FindUsers)
export class FindUsersHandler implements IQueryHandler<FindUsers> {
  constructor(private readonly database: Database) {}

  async execute({ query: { q, role, status, limit, cursor } }: FindUsers): Promise<UserPage> {
    const after = cursor === undefined ? FIRST : readCursor(cursor);
    const pattern = q === undefined || q === '' ? null : `${escapeLike(q.normalize('NFC').toLowerCase())}%`;
    // One row more than asked for says that there is a next page.
    const rows = await this.database.query<UserRow>(FIND_USERS, [
      after,
      limit + 1,
      pattern,
      role ?? null,
      status ?? null,
    ]);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { items: shown.map(userOf), nextCursor: last === undefined ? null : writeCursor(last.id) };
  }
}

/** The last user of a page, as opaque text. */
function writeCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function readCursor(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(id) || writeCursor(id) !== cursor) throw new InvalidCursorError();
  return id;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}
