import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { UserNotFoundError } from '../auth.errors.js';
import { type VersionedUser, userOf } from './user.js';
import { FIND_USER, type UserRow } from './users.sql.js';

/** One account, for an admin. */
export class FindUser extends Query<VersionedUser> {
  constructor(readonly id: string) {
    super();
  }
}

/** Throws a UserNotFoundError. */
@QueryHandler(FindUser)
export class FindUserHandler implements IQueryHandler<FindUser> {
  constructor(private readonly database: Database) {}

  async execute({ id }: FindUser): Promise<VersionedUser> {
    const [row] = await this.database.query<UserRow>(FIND_USER, [id]);
    if (!row) throw new UserNotFoundError();
    return { user: userOf(row), version: row.version };
  }
}
