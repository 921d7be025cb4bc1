import { principalOf } from '@lethe/identity';

/** Whose an idempotency key is: the user of the token, by issuer and subject (S07); undefined where nobody is signed in. */
export function keyOwnerOf(request: object): { readonly tenant: string; readonly principal: string } | undefined {
  const user = principalOf(request);
  return user && { tenant: user.issuer, principal: user.id };
}
