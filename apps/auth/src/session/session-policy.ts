import { type AuthConfig } from '../auth.config.js';
import { successorKey } from './refresh-token.js';
import { addressKey } from './sign-in-origin.js';

type PolicyConfig = Pick<
  AuthConfig,
  'SESSION_SECONDS' | 'REFRESH_IDLE_SECONDS' | 'ACCESS_TOKEN_SECONDS' | 'AUTH_KEY_SECRET'
>;

/** How long sign-ins last, in seconds, and how what they keep is derived from the secret. */
export class SessionPolicy {
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
  /** An access token. */
  readonly tokenSeconds: number;
  readonly successorKey: Buffer;
  readonly addressKey: Buffer;

  constructor(config: PolicyConfig) {
    this.sessionSeconds = config.SESSION_SECONDS;
    this.idleSeconds = config.REFRESH_IDLE_SECONDS;
    this.tokenSeconds = config.ACCESS_TOKEN_SECONDS;
    this.successorKey = successorKey(config.AUTH_KEY_SECRET);
    this.addressKey = addressKey(config.AUTH_KEY_SECRET);
  }
}
