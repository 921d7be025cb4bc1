import { hash } from 'node:crypto';
import type { IdempotentRequest } from './idempotent-runs.js';

/** SHA-256 of scope and key, whose parts are a JSON array, so that no part can run into the next (I12). */
export function scopeHash({ scope: { tenant = '', principal, method, route }, key }: IdempotentRequest): Buffer {
  return hash('sha256', JSON.stringify([tenant, principal, method, route, key]), 'buffer');
}
