import { type AuthConfig } from '../auth.config.js';
import { successorKey } from './refresh-token.js';
import { addressKey } from './sign-in-origin.js';

/** How long sign-ins last, in seconds, and how what they keep is derived from the secret. */
export class SessionPolicy {
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
  readonly successorKey: Buffer;
  readonly addressKey: Buffer;

  constructor(config: Pick<AuthConfig, 'SESSION_SECONDS' | 'REFRESH_IDLE_SECONDS' | 'AUTH_KEY_SECRET'>) {
    this.sessionSeconds = config.SESSION_SECONDS;
    this.idleSeconds = config.REFRESH_IDLE_SECONDS;
    this.successorKey = successorKey(config.AUTH_KEY_SECRET);
    this.addressKey = addressKey(config.AUTH_KEY_SECRET);
  }
}
