import type { RequestRule } from '@lethe/rate-limits';
import type { AnalyticsConfig } from './analytics.config.js';

/** Rules that routes of the service name (S51). They fail open: a click that is not counted is better than none. */
export function analyticsLimits({
  EVENT_BATCHES_PER_IP,
}: Pick<AnalyticsConfig, 'EVENT_BATCHES_PER_IP'>): readonly RequestRule[] {
  return [{ name: 'event-batches', limit: EVENT_BATCHES_PER_IP, windowSeconds: 60, by: 'address' }];
}
