import { statement } from '@lethe/database';

/** $1 id, $2 event, $3 account, $4 actor, $5 facts. */
export const INSERT_AUDIT_EVENT = statement(
  'audit-event.insert',
  'INSERT INTO audit_event (id, event, account_id, actor_id, facts) VALUES ($1, $2, $3, $4, $5)',
);
