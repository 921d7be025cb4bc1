import { COGNITO_SUBJECT_CLAIM } from '@lethe/identity/tokens';
import { z } from 'zod';

/** The event of a pre token generation trigger, version 2, which also changes access tokens. */
export const tokenEventSchema = z.looseObject({
  request: z.looseObject({ userAttributes: z.record(z.string(), z.string()).default({}) }),
  response: z.looseObject({}),
});
export type TokenEvent = z.output<typeof tokenEventSchema>;

/**
 * Puts the id of the account of before into the access tokens of users who moved, so that their orders stay theirs. Users
 * who signed up in the pool are left as they are. The pool must not let app clients write `custom:account_id`: whoever
 * writes it is that user.
 */
export function addClaims(event: TokenEvent): TokenEvent {
  const accountId = event.request.userAttributes['custom:account_id'];
  if (accountId === undefined) return event;
  const claimsToAddOrOverride = { [COGNITO_SUBJECT_CLAIM]: accountId };
  return {
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } },
  };
}
