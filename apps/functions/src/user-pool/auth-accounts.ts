import { type MovingAccount, movingAccountSchema } from '@lethe/contracts';
import { ServiceTokens } from '@lethe/identity/tokens';
import { type FunctionsConfig } from '../functions.config.js';
import { AuthUnavailableError, NotMovedError } from '../functions.errors.js';

/** Milliseconds for an answer of auth: Cognito waits 5 s for a trigger. */
const TIMEOUT_MS = 4_000;
/** What auth answers for an account that is not there, a wrong password, and too many of those. */
const REFUSALS = new Set([400, 401, 404, 429]);

/** The accounts that auth still has, asked for by service token. */
export class AuthAccounts {
  readonly #tokens: ServiceTokens;

  /** Throws an IdentityConfigError for a SERVICE_KEY that is not the functions'. */
  constructor(private readonly config: Pick<FunctionsConfig, 'AUTH_URL' | 'SERVICE_KEY'>) {
    this.#tokens = new ServiceTokens({ service: 'functions', key: config.SERVICE_KEY });
  }

  /** The account whose password this is. Throws a NotMovedError or an AuthUnavailableError. */
  authenticate(email: string, password: string): Promise<MovingAccount> {
    return this.#ask('authenticate', { email, password });
  }

  /** The account with that address. Throws a NotMovedError or an AuthUnavailableError. */
  find(email: string): Promise<MovingAccount> {
    return this.#ask('find', { email });
  }

  async #ask(what: string, body: object): Promise<MovingAccount> {
    const response = await this.#post(new URL(`/auth/internal/accounts/${what}`, this.config.AUTH_URL), body);
    if (REFUSALS.has(response.status)) {
      await response.body?.cancel();
      // 401 is also what a service token gets that auth does not know: that is no fault of the user.
      if (response.headers.get('www-authenticate')?.includes('invalid_token')) {
        throw new AuthUnavailableError('the service token is not accepted');
      }
      throw new NotMovedError();
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new AuthUnavailableError(`it answered ${response.status}`);
    }
    return movingAccountSchema.parse(await response.json());
  }

  async #post(url: URL, body: object): Promise<Response> {
    try {
      return await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#tokens.tokenFor('auth')}` },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw new AuthUnavailableError('no answer', cause);
    }
  }
}
