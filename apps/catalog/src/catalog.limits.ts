import type { RequestRule } from '@lethe/rate-limits';
import type { CatalogConfig } from './catalog.config.js';

/** Rules that routes of the service name (S51). They fail open: counters that are away must not keep admins from work. */
export function catalogLimits({ IMPORTS_PER_USER }: Pick<CatalogConfig, 'IMPORTS_PER_USER'>): readonly RequestRule[] {
  return [{ name: 'start-import', limit: IMPORTS_PER_USER, windowSeconds: 60, by: 'principal' }];
}
