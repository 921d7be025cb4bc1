import { z } from 'zod';
import { type AuthAccounts } from './auth-accounts.js';
import { NotMovedError } from '../functions.errors.js';

/** The event of a migration trigger (Amazon Cognito, "Migrate user Lambda trigger"); of other members nothing is read. */
export const migrationEventSchema = z.looseObject({
  triggerSource: z.enum(['UserMigration_Authentication', 'UserMigration_ForgotPassword']),
  userName: z.string().min(1).max(254),
  request: z.looseObject({ password: z.string().max(1024).optional() }),
  response: z.looseObject({}),
});
export type MigrationEvent = z.output<typeof migrationEventSchema>;

/** What Cognito is to make of the user. */
export interface MigrationResponse {
  readonly userAttributes: Readonly<Record<string, string>>;
  readonly finalUserStatus?: 'CONFIRMED';
  readonly messageAction: 'SUPPRESS';
  readonly forceAliasCreation: false;
}

/**
 * Moves a user who is not in the pool yet: at sign-in with the password, which stays as it is; or, where it was forgotten,
 * by the code that Cognito mails next, to a verified address only. The account's id goes along as `custom:account_id`.
 * Throws a NotMovedError or an AuthUnavailableError; Cognito then makes no user.
 */
export async function migrateUser(
  event: MigrationEvent,
  accounts: Pick<AuthAccounts, 'authenticate' | 'find'>,
): Promise<{ readonly response: MigrationResponse }> {
  const { userName, request, triggerSource } = event;
  const signingIn = triggerSource === 'UserMigration_Authentication';
  if (signingIn && !request.password) throw new NotMovedError();
  const account = signingIn
    ? await accounts.authenticate(userName, request.password ?? '')
    : await accounts.find(userName);
  if (!signingIn && !account.emailVerified) throw new NotMovedError();
  const userAttributes = {
    email: account.email,
    email_verified: String(account.emailVerified),
    name: account.name,
    'custom:account_id': account.id,
  };
  const response: MigrationResponse = {
    userAttributes,
    // Anything else would have Cognito ask for a new password.
    ...(signingIn ? { finalUserStatus: 'CONFIRMED' } : {}),
    messageAction: 'SUPPRESS',
    forceAliasCreation: false,
  };
  return { ...event, response };
}
