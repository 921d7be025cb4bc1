import { type Profile } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AccountGoneError } from '../auth.errors.js';
import { type AccountRow, profileOf } from './account.js';
import { ACCOUNT_BY_ID } from './account.sql.js';

/** Who the caller is, as the database says now. */
export class FindProfile extends Query<Profile> {
  constructor(readonly accountId: string) {
    super();
  }
}

/** Throws an AccountGoneError. */
@QueryHandler(FindProfile)
export class FindProfileHandler implements IQueryHandler<FindProfile> {
  constructor(private readonly database: Database) {}

  async execute({ accountId }: FindProfile): Promise<Profile> {
    const [account] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [accountId]);
    if (!account) throw new AccountGoneError();
    return profileOf(account);
  }
}
