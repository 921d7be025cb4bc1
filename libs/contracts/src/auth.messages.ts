import { defineCommand, defineEvent } from '@lethe/topology';
import { z } from 'zod';
import { idSchema } from './values.js';

/** What a code sent by mail is good for. */
export const codePurposeSchema = z.enum(['verify-email', 'reset-password', 'change-email']);
export type CodePurpose = z.output<typeof codePurposeSchema>;

/** What an account's owner is told after the fact. */
export const accountNoticeSchema = z.enum(['password-changed', 'second-factor-on', 'second-factor-off']);
export type AccountNotice = z.output<typeof accountNoticeSchema>;

/** The code is made by whoever handles this: no secret lies in a queue, and no address either (S28, S54). */
export const SendCode = defineCommand({
  owner: 'auth',
  name: 'send-code',
  version: 1,
  description: 'Make a short-lived code for the account and mail it; nothing, if there is no such account.',
  data: z.object({ accountId: idSchema, purpose: codePurposeSchema }),
});

export const SendNotice = defineCommand({
  owner: 'auth',
  name: 'send-notice',
  version: 1,
  description: 'Tell the owner of the account by mail what was changed about it.',
  data: z.object({ accountId: idSchema, notice: accountNoticeSchema }),
});

export const UserDeleted = defineEvent({
  owner: 'auth',
  name: 'user-deleted',
  version: 1,
  description: 'An account is gone for good: forget what was kept for its sake (S54).',
  data: z.object({ userId: idSchema }),
});
