import { createHmac } from 'node:crypto';
import {
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  CognitoIdentityProviderServiceException as ServiceException,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Tokens } from '@lethe/contracts';
import { CognitoLimitError, CognitoUnavailableError, PasswordResetRequiredError } from './cognito.errors.js';

/** Options of {@link CognitoPool}. */
export interface CognitoPoolOptions {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  /** The app client by which auth signs users in. */
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** How passwords are shown to Cognito: as they are, inside TLS, or by Secure Remote Password. */
  readonly authFlow: 'password' | 'srp';
}

/** What some exceptions of Cognito are answered with; the others are faults of ours or of Cognito. */
type Answers = Readonly<Record<string, () => Error>>;

const LIMITS = ['TooManyRequestsException', 'LimitExceededException', 'TooManyFailedAttemptsException'];

/** A user pool, as one app client uses it. */
export class CognitoPool {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly authFlow: CognitoPoolOptions['authFlow'];
  readonly #client: CognitoIdentityProviderClient;

  constructor(options: CognitoPoolOptions) {
    this.#client = options.client;
    this.userPoolId = options.userPoolId;
    this.clientId = options.clientId;
    this.clientSecret = options.clientSecret;
    this.authFlow = options.authFlow;
  }

  /** HMAC of the user name, which an app client with a secret wants beside it (Amazon Cognito, "Computing secret hash values"). */
  secretHash(username: string): string | undefined {
    if (this.clientSecret === undefined) return undefined;
    return createHmac('sha256', this.clientSecret).update(`${username}${this.clientId}`).digest('base64');
  }

  /**
   * Carries out a call of the client. An exception named in `answers` becomes that error; limits a CognitoLimitError
   * (429); anything else a CognitoUnavailableError (503).
   */
  async ask<T>(call: (client: CognitoIdentityProviderClient) => Promise<T>, answers: Answers = {}): Promise<T> {
    try {
      return await call(this.#client);
    } catch (error) {
      throw answerTo(error, answers);
    }
  }

  /** Closes the client's sockets. */
  close(): void {
    this.#client.destroy();
  }
}

function answerTo(error: unknown, answers: Answers): unknown {
  if (!(error instanceof ServiceException)) return new CognitoUnavailableError(error);
  const answer = Object.hasOwn(answers, error.name) ? answers[error.name] : undefined;
  if (answer) return answer();
  if (error.name === 'PasswordResetRequiredException') return new PasswordResetRequiredError();
  return LIMITS.includes(error.name) ? new CognitoLimitError(error) : new CognitoUnavailableError(error);
}

/**
 * Tokens as the store's API has them. `refreshToken` is the one that was sent, for a pool that does not rotate them.
 * Throws a CognitoUnavailableError for an answer without tokens.
 */
export function tokensOf(result: AuthenticationResultType | undefined, refreshToken?: string): Tokens {
  const { AccessToken: accessToken, RefreshToken: next = refreshToken, ExpiresIn: expiresIn } = result ?? {};
  if (accessToken === undefined || next === undefined) {
    throw new CognitoUnavailableError(new TypeError('Cognito answered without tokens'));
  }
  return { accessToken, refreshToken: next, tokenType: 'Bearer', expiresIn: expiresIn ?? secondsLeft(accessToken) };
}

/** Of a token that Cognito has just given; nothing is decided by it (S02). */
function secondsLeft(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    readonly exp: number;
    readonly iat: number;
  };
  return claims.exp - claims.iat;
}
