import { type PatchUser } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AuditLog } from '../audit/audit-log.js';
import { OwnAccountError, UserChangedError, UserNotFoundError } from '../auth.errors.js';
import { SessionEnder } from '../session/session-ender.js';
import { type VersionedUser, userOf } from './user.js';
import { CHANGE_USER, FIND_USER, type UserRow } from './users.sql.js';

/** Gives an account other roles, disables it, or enables it again. */
export class ChangeUser extends Command<VersionedUser> {
  constructor(
    readonly id: string,
    /** The version it has; undefined for any. */
    readonly version: number | undefined,
    readonly patch: PatchUser,
    readonly adminId: string,
  ) {
    super();
  }
}

/**
 * Ends the account's sign-ins where it is disabled or its roles change (S21, S42). Throws an OwnAccountError, a
 * UserNotFoundError, a UserChangedError (R27).
 */
@CommandHandler(ChangeUser)
export class ChangeUserHandler implements ICommandHandler<ChangeUser> {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionEnder,
    private readonly audit: AuditLog,
  ) {}

  async execute(command: ChangeUser): Promise<VersionedUser> {
    if (command.id === command.adminId) throw new OwnAccountError();
    return this.database.transaction((tx) => this.#change(tx, command));
  }

  async #change(tx: Tx, { id, version, patch, adminId }: ChangeUser): Promise<VersionedUser> {
    const { roles, disabled } = patch;
    const changed = await tx.query(CHANGE_USER, [id, version ?? null, roles ?? null, disabled ?? null]);
    const [row] = await tx.query<UserRow>(FIND_USER, [id]);
    if (!row) throw new UserNotFoundError();
    if (changed.length === 0) throw new UserChangedError();
    if (roles !== undefined || disabled === true) {
      await this.sessions.endSessions(tx, { accountId: id }, disabled === true ? 'disabled' : 'roles changed');
    }
    const facts = { ...(roles === undefined ? {} : { roles }), ...(disabled === undefined ? {} : { disabled }) };
    await this.audit.record(tx, { event: 'user-changed', accountId: id, actorId: adminId, facts });
    return { user: userOf(row), version: row.version };
  }
}
