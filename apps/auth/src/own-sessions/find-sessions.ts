import { type SessionPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { LIVE_SESSIONS, type SessionRow } from './session-view.sql.js';

/** Where a user is signed in. */
export class FindSessions extends Query<SessionPage> {
  constructor(
    readonly accountId: string,
    /** The sign-in that asks. */
    readonly currentId: string | undefined,
    readonly limit: number,
    /** The last id of the page before. */
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(FindSessions)
export class FindSessionsHandler implements IQueryHandler<FindSessions> {
  constructor(private readonly database: Database) {}

  async execute({ accountId, currentId, limit, cursor }: FindSessions): Promise<SessionPage> {
    const rows = await this.database.query<SessionRow>(LIVE_SESSIONS, [accountId, cursor ?? null, limit + 1]);
    const page = rows.slice(0, limit);
    return {
      items: page.map((row) => ({
        id: row.id,
        client: row.client_id,
        current: row.id === currentId,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        address: row.address,
        userAgent: row.user_agent,
      })),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }
}
