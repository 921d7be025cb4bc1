import { type AuthConfig } from '../auth.config.js';
import { successorKey } from './refresh-token.js';

/** How long sign-ins last, in seconds, and how refresh tokens follow one another. */
export class SessionPolicy {
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
  readonly successorKey: Buffer;

  constructor(config: Pick<AuthConfig, 'SESSION_SECONDS' | 'REFRESH_IDLE_SECONDS' | 'AUTH_KEY_SECRET'>) {
    this.sessionSeconds = config.SESSION_SECONDS;
    this.idleSeconds = config.REFRESH_IDLE_SECONDS;
    this.successorKey = successorKey(config.AUTH_KEY_SECRET);
  }
}
