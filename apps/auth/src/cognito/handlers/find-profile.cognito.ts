import { type Profile } from '@lethe/contracts';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { AccountGoneError } from '../../auth.errors.js';
import { FindProfile } from '../../user/find-profile.js';
import { CognitoUsers } from '../cognito-users.js';

/** Who the caller is, as the pool says now. Throws an AccountGoneError. */
@QueryHandler(FindProfile)
export class FindProfileInCognito implements IQueryHandler<FindProfile> {
  constructor(private readonly users: CognitoUsers) {}

  async execute({ accountId }: FindProfile): Promise<Profile> {
    const user = await this.users.byId(accountId);
    if (!user?.enabled) throw new AccountGoneError();
    return this.users.profileOf(user);
  }
}
