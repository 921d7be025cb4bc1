import { describe, expect, it } from '@jest/globals';
import { addClaims, tokenEventSchema } from './add-claims.js';

const event = (userAttributes: Record<string, string>) =>
  tokenEventSchema.parse({
    version: '2',
    triggerSource: 'TokenGeneration_Authentication',
    userName: 'a-sub',
    request: { userAttributes, scopes: ['aws.cognito.signin.user.admin'] },
    response: { claimsAndScopeOverrideDetails: null },
  });

describe('the pre token generation trigger', () => {
  it('S07: puts the id of before into the access token of who moved', () => {
    const { response } = addClaims(event({ sub: 'a-sub', 'custom:account_id': 'an-account' }));

    expect(response).toEqual({
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { 'lethe:account_id': 'an-account' } },
      },
    });
  });

  it('leaves the tokens of everyone else as they are', () => {
    const untouched = event({ sub: 'a-sub' });

    expect(addClaims(untouched)).toBe(untouched);
  });
});
