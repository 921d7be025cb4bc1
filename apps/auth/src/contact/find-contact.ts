import { type Contact } from '@lethe/contracts';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { AccountGoneError, UserNotFoundError } from '../auth.errors.js';
import { FindProfile } from '../user/find-profile.js';

/** How a user is reached by mail. */
export class FindContact extends Query<Contact> {
  constructor(readonly userId: string) {
    super();
  }
}

/** Asks whoever keeps the accounts. Throws a UserNotFoundError for one that is gone or disabled (S21). */
@QueryHandler(FindContact)
export class FindContactHandler implements IQueryHandler<FindContact> {
  constructor(private readonly queries: QueryBus) {}

  async execute({ userId }: FindContact): Promise<Contact> {
    try {
      const { email, name } = await this.queries.execute(new FindProfile(userId));
      return { email, name };
    } catch (error) {
      if (error instanceof AccountGoneError) throw new UserNotFoundError();
      throw error;
    }
  }
}
