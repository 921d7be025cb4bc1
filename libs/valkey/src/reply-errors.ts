import { ErrorReply } from '@redis/client';
import { ValkeyCommandError, ValkeyError, ValkeyUnavailableError } from './valkey.errors.js';

/** Answers by which a server says that it cannot serve now, or not us: nothing is wrong with the command. */
const NOT_NOW = new Set([
  'LOADING',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'READONLY',
  'NOREPLICAS',
  'MISCONF',
  'OOM',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
]);

/** The first word of a server's error, as in `WRONGTYPE Operation against …`. */
export function codeOf(error: Error): string {
  return error.message.split(' ', 1)[0] ?? '';
}

/** What a failed command means to its caller. */
export function errorOfFailure(cause: unknown): ValkeyError {
  if (cause instanceof ValkeyError) return cause;
  if (!(cause instanceof ErrorReply))
    return new ValkeyUnavailableError(cause instanceof Error ? cause.message : String(cause), { cause });
  const code = codeOf(cause);
  return NOT_NOW.has(code) ? new ValkeyUnavailableError(cause.message, { cause }) : new ValkeyCommandError(code, cause);
}
