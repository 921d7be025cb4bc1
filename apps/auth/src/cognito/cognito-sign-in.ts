import {
  type AuthenticationResultType,
  ChallengeNameType,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Clock } from '@lethe/kernel';
import {
  EmailNotVerifiedError,
  SecondFactorRequiredError,
  WrongCredentialsError,
  WrongSecondFactorError,
} from '../auth.errors.js';
import { CognitoUnavailableError, NotOfferedError, PasswordResetRequiredError } from './cognito.errors.js';
import { type CognitoPool } from './cognito-pool.js';
import { SrpClient, srpTimestamp } from './srp.js';

/** Who signs in. `username` is a user name or an alias, as an e-mail address is. */
export interface CognitoCredentials {
  readonly username: string;
  readonly password: string;
  /** Of the authenticator app, where Cognito asks for one. */
  readonly code?: string | undefined;
}

type Challenge = Pick<InitiateAuthCommandOutput, 'ChallengeName' | 'ChallengeParameters' | 'Session'>;

/** The same error for an unknown user, a disabled one and a wrong password (S26). */
const REFUSALS = {
  NotAuthorizedException: () => new WrongCredentialsError(),
  UserNotFoundException: () => new WrongCredentialsError(),
  // A migration trigger that refused: the user is not known there, or the password is wrong.
  UserLambdaValidationException: () => new WrongCredentialsError(),
  UserNotConfirmedException: () => new EmailNotVerifiedError(),
};
const CODE_REFUSALS = {
  ...REFUSALS,
  CodeMismatchException: () => new WrongSecondFactorError(),
  ExpiredCodeException: () => new WrongSecondFactorError(),
};

/** Signs users in to the pool, with the flow that the pool is configured for. */
export class CognitoSignIn {
  constructor(
    private readonly pool: CognitoPool,
    private readonly clock: Clock,
    private readonly newSrpClient: () => SrpClient = () => new SrpClient(),
  ) {}

  /**
   * Throws a WrongCredentialsError, an EmailNotVerifiedError, a PasswordResetRequiredError, a SecondFactorRequiredError
   * or a WrongSecondFactorError, a NotOfferedError for another challenge, and what the pool's `ask` throws.
   */
  async signIn(credentials: CognitoCredentials): Promise<AuthenticationResultType> {
    const answer = this.pool.authFlow === 'srp' ? await this.#bySrp(credentials) : await this.#byPassword(credentials);
    if (answer.AuthenticationResult) return answer.AuthenticationResult;
    return this.#meet(answer, credentials);
  }

  #byPassword({ username, password }: CognitoCredentials): Promise<InitiateAuthCommandOutput> {
    const AuthParameters = { USERNAME: username, PASSWORD: password, ...this.#secretHash(username) };
    const command = new InitiateAuthCommand({
      ClientId: this.pool.clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters,
    });
    return this.pool.ask((client) => client.send(command), REFUSALS);
  }

  async #bySrp({ username, password }: CognitoCredentials): Promise<InitiateAuthCommandOutput> {
    const srp = this.newSrpClient();
    const AuthParameters = { USERNAME: username, SRP_A: srp.publicKey, ...this.#secretHash(username) };
    const begin = new InitiateAuthCommand({ ClientId: this.pool.clientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters });
    const { ChallengeParameters: parameters, ...challenge } = await this.pool.ask(
      (client) => client.send(begin),
      REFUSALS,
    );
    const { USER_ID_FOR_SRP, SRP_B, SALT, SECRET_BLOCK } = parameters ?? {};
    if (!USER_ID_FOR_SRP || !SRP_B || !SALT || !SECRET_BLOCK) {
      throw new CognitoUnavailableError(new TypeError('Cognito sent no challenge of Secure Remote Password'));
    }
    const timestamp = srpTimestamp(new Date(this.clock.now()));
    const values = { userId: USER_ID_FOR_SRP, serverKey: SRP_B, salt: SALT, secretBlock: SECRET_BLOCK };
    return this.#respond(challenge, USER_ID_FOR_SRP, {
      TIMESTAMP: timestamp,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: srp.sign(this.pool.userPoolId, password, values, timestamp),
    });
  }

  /** The challenge that comes after the right password. */
  async #meet(challenge: Challenge, { username, code }: CognitoCredentials): Promise<AuthenticationResultType> {
    const { ChallengeName: name, ChallengeParameters: parameters } = challenge;
    if (name === ChallengeNameType.NEW_PASSWORD_REQUIRED) throw new PasswordResetRequiredError();
    if (name !== ChallengeNameType.SOFTWARE_TOKEN_MFA) throw new NotOfferedError(`the challenge ${name}`);
    if (code === undefined) throw new SecondFactorRequiredError();
    const user = parameters?.['USER_ID_FOR_SRP'] ?? username;
    const answer = await this.#respond(challenge, user, { SOFTWARE_TOKEN_MFA_CODE: code }, CODE_REFUSALS);
    if (answer.AuthenticationResult) return answer.AuthenticationResult;
    throw new NotOfferedError(`the challenge ${answer.ChallengeName}`);
  }

  #respond(
    { ChallengeName, Session }: Challenge,
    username: string,
    responses: Readonly<Record<string, string>>,
    refusals: Readonly<Record<string, () => Error>> = REFUSALS,
  ): Promise<InitiateAuthCommandOutput> {
    const command = new RespondToAuthChallengeCommand({
      ClientId: this.pool.clientId,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME: username, ...responses, ...this.#secretHash(username) },
    });
    return this.pool.ask((client) => client.send(command), refusals);
  }

  #secretHash(username: string): { SECRET_HASH?: string } {
    const hash = this.pool.secretHash(username);
    return hash === undefined ? {} : { SECRET_HASH: hash };
  }
}
