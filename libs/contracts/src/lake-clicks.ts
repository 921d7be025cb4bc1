import type { Click } from './analytics.messages.js';
import type { LakeEvent } from './lake.js';

/** Clicks as the lake has them; their sessions are pseudonyms already (S54). */
export function clickEvents(clicks: readonly (Click & { readonly source?: string | undefined })[]): LakeEvent[] {
  return clicks.map(({ id, type, at, sessionId, productId, source }) => ({
    event_id: id,
    event_type: 'click',
    occurred_at: at,
    session_id: sessionId,
    detail: type,
    ...(productId === undefined ? {} : { product_id: productId }),
    ...(source === undefined ? {} : { source }),
  }));
}
