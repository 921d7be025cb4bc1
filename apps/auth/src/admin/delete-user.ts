import { UserDeleted, type authService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { OwnAccountError, UserNotFoundError } from '../auth.errors.js';
import { SessionEnder } from '../session/session-ender.js';
import { DELETE_USER } from './users.sql.js';

/** Deletes an account for good, and tells the other services, which decide what they keep under its id. */
export class DeleteUser extends Command<void> {
  constructor(
    readonly id: string,
    readonly adminId: string,
  ) {
    super();
  }
}

/** Ends its sign-ins (S21). Throws an OwnAccountError, a UserNotFoundError. */
@CommandHandler(DeleteUser)
export class DeleteUserHandler implements ICommandHandler<DeleteUser> {
  constructor(
    private readonly units: UnitOfWork<typeof authService>,
    private readonly sessions: SessionEnder,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, adminId }: DeleteUser): Promise<void> {
    if (id === adminId) throw new OwnAccountError();
    await this.units.run(async ({ tx, emit }) => {
      // Before the rows of its sign-ins are gone: their access tokens are found by them.
      await this.sessions.endSessions(tx, { accountId: id }, 'deleted');
      const deleted = await tx.query(DELETE_USER, [id]);
      if (deleted.length === 0) throw new UserNotFoundError();
      await this.audit.record(tx, { event: 'user-deleted', accountId: id, actorId: adminId });
      emit(UserDeleted, { userId: id }, { key: id });
    });
  }
}
