import { type AccountNotice, type CodePurpose } from '@lethe/contracts';
import { type Mail } from './mailer.js';

interface Text {
  readonly subject: string;
  readonly begin: string;
}

const CODES: Readonly<Record<CodePurpose, Text>> = {
  'verify-email': {
    subject: 'Verify your address',
    begin: 'Welcome to Lethe. To verify this address, enter this code:',
  },
  'reset-password': { subject: 'Reset your password', begin: 'To choose a new password, enter this code:' },
  'change-email': {
    subject: 'Verify your new address',
    begin: 'To move your account to this address, enter this code:',
  },
};

const NOTICES: Readonly<Record<AccountNotice | 'email-change-asked', Text>> = {
  'password-changed': { subject: 'Your password was changed', begin: 'The password of your account was changed.' },
  'second-factor-on': {
    subject: 'Sign-in now asks for a code',
    begin: 'From now on your account asks for a code of your authenticator app.',
  },
  'second-factor-off': {
    subject: 'Sign-in no longer asks for a code',
    begin: 'The second factor of your account was removed.',
  },
  'email-change-asked': {
    subject: 'Your address is about to change',
    begin: 'Someone who knows your password asked to move your account to another address.',
  },
};

/** The mail with a code. It has no link: whoever gets used to following those follows any. */
export function codeMail(to: string, purpose: CodePurpose, code: string): Mail {
  const { subject, begin } = CODES[purpose];
  const end = 'It is good for ten minutes, once. If you did not ask for it, you need not do anything.';
  return { to, subject, text: `${begin}\n\n    ${code}\n\n${end}\n` };
}

/** The mail that tells an owner what was done to the account. */
export function noticeMail(to: string, notice: keyof typeof NOTICES): Mail {
  const { subject, begin } = NOTICES[notice];
  return { to, subject, text: `${begin}\n\nIf this was not you, choose a new password at once.\n` };
}
