import { type Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { INSERT_AUDIT_EVENT } from './audit.sql.js';

/** What happened to an account; README lists them. */
export type AccountEvent =
  | 'password-changed'
  | 'password-reset'
  | 'email-verified'
  | 'email-changed'
  | 'second-factor-on'
  | 'second-factor-off'
  | 'recovery-code-used'
  | 'user-changed'
  | 'user-deleted';

/** Facts of an event: ids, and no address, password or code (S54). */
export type AuditFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Who did what to which account. */
export interface AuditRecord {
  readonly event: AccountEvent;
  readonly accountId: string;
  /** Who did it; the account's owner, where it is left out. */
  readonly actorId?: string;
  readonly facts?: AuditFacts;
}

/**
 * The security log (S60): each change of an account is a row that commits with the change, and a line of the service's
 * log. Lines are JSON, in which a line break is two characters; they carry the ids of the request's trace.
 */
@Injectable()
export class AuditLog {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Writes the row in the caller's transaction, and the line once that is committed. */
  async record(tx: Tx, { event, accountId, actorId = accountId, facts = {} }: AuditRecord): Promise<void> {
    await tx.query(INSERT_AUDIT_EVENT, [uuidv7(), event, accountId, actorId, JSON.stringify(facts)]);
    tx.afterCommit(() => this.logger.info({ event, user: accountId, actor: actorId, facts }, event));
  }

  /** Writes the line of something that was refused. */
  refused(event: string, facts: AuditFacts): void {
    this.logger.warn({ event, outcome: 'refused', facts }, `${event} refused`);
  }
}
