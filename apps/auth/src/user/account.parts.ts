import { systemClock } from '@lethe/kernel';
import { LOGGER, type Logger } from '@lethe/service-kit';
import { type Provider, type Type } from '@nestjs/common';
import { ChangeUserHandler } from '../admin/change-user.js';
import { DeleteUserHandler } from '../admin/delete-user.js';
import { FindUserHandler } from '../admin/find-user.js';
import { FindUsersHandler } from '../admin/find-users.js';
import { UsersController } from '../admin/users.controller.js';
import { AuditLog } from '../audit/audit-log.js';
import { type AuthConfig } from '../auth.config.js';
import { CodeRedemption } from '../code/code-redemption.js';
import { Codes } from '../code/codes.js';
import { codeKey } from '../code/one-time-code.js';
import { RequestCodeHandler } from '../code/request-code.js';
import { ChangeEmailHandler } from '../email/change-email.js';
import { ConfirmEmailHandler } from '../email/confirm-email.js';
import { EmailController } from '../email/email.controller.js';
import { VerifyEmailHandler } from '../email/verify-email.js';
import { MailProcess } from '../mail/mail.process.js';
import { MailCodeHandler } from '../mail/send-code.js';
import { MailNoticeHandler } from '../mail/send-notice.js';
import { BreachedPasswords } from '../password/breached-passwords.js';
import { ChangePasswordHandler } from '../password/change-password.js';
import { PasswordController } from '../password/password.controller.js';
import { PasswordRules } from '../password/password-rules.js';
import { ResetPasswordHandler } from '../password/reset-password.js';
import { ConfirmTotpHandler } from '../second-factor/confirm-totp.js';
import { DisableTotpHandler } from '../second-factor/disable-totp.js';
import { EnrolTotpHandler } from '../second-factor/enrol-totp.js';
import { SecondFactor } from '../second-factor/second-factor.js';
import { SecondFactorCheck } from '../second-factor/second-factor-check.js';
import { TotpController } from '../second-factor/totp.controller.js';
import { KeySeal } from '../signing/key-seal.js';
import { AccountPolicy } from './account-policy.js';
import { Authenticator } from './authenticate.js';
import { FindProfileHandler } from './find-profile.js';
import { PasswordHasher } from './password-hasher.js';
import { Reauthenticator } from './reauthenticate.js';
import { RegisterUserHandler } from './register-user.js';

/** What answers requests and messages about accounts. */
export const accountControllers: readonly Type[] = [
  PasswordController,
  EmailController,
  TotpController,
  UsersController,
  MailProcess,
];

/** Everything of accounts; they belong to the module of sign-ins, which each needs of the other. */
export function accountProviders(config: AuthConfig): Provider[] {
  const key = codeKey(config.AUTH_KEY_SECRET);
  return [
    { provide: PasswordHasher, useValue: new PasswordHasher(config.HASH_CONCURRENCY) },
    { provide: AccountPolicy, useValue: new AccountPolicy(config) },
    passwordRulesProvider(config),
    { provide: Codes, useValue: new Codes(key) },
    { provide: SecondFactor, useValue: new SecondFactor(new KeySeal(config.AUTH_KEY_SECRET), key, systemClock) },
    AuditLog,
    Authenticator,
    Reauthenticator,
    SecondFactorCheck,
    CodeRedemption,
    RegisterUserHandler,
    FindProfileHandler,
    RequestCodeHandler,
    ChangePasswordHandler,
    ResetPasswordHandler,
    VerifyEmailHandler,
    ChangeEmailHandler,
    ConfirmEmailHandler,
    EnrolTotpHandler,
    ConfirmTotpHandler,
    DisableTotpHandler,
    FindUsersHandler,
    FindUserHandler,
    ChangeUserHandler,
    DeleteUserHandler,
    MailCodeHandler,
    MailNoticeHandler,
  ];
}

/** The rules for new passwords, whoever keeps them. */
export function passwordRulesProvider({ BREACHED_PASSWORDS_URL: url }: AuthConfig): Provider {
  const breached = url === undefined ? undefined : new BreachedPasswords(url);
  return {
    provide: PasswordRules,
    inject: [LOGGER],
    useFactory: (logger: Logger) =>
      new PasswordRules(breached, (err) => logger.warn({ err }, 'breached passwords are not looked up')),
  };
}
