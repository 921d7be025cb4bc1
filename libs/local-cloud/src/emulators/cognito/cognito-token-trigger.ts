import { type CognitoParts, type PoolUser, type TokenGenerator } from './cognito-parts.js';

/** The answer of a pre token generation trigger, version 2 of its event. */
interface TriggerAnswer {
  readonly response?: {
    readonly claimsAndScopeOverrideDetails?: {
      readonly accessTokenGeneration?: { readonly claimsToAddOrOverride?: Readonly<Record<string, unknown>> };
    };
  };
}

/**
 * Access tokens with the claims that the pre token generation trigger adds. cognito-local knows the first version of
 * that trigger, which changes ID tokens alone; the store's is of the second.
 */
export function addTokenClaims(
  plain: TokenGenerator,
  { jwt, privateKey }: CognitoParts,
  functionsUrl: string | undefined,
): TokenGenerator {
  if (functionsUrl === undefined) return plain;
  return {
    generate: async (context, user, groups, client, metadata, source) => {
      const tokens = await plain.generate(context, user, groups, client, metadata, source);
      const event = eventOf(user, groups, client.UserPoolId, source);
      const url = `${functionsUrl}/2015-03-31/functions/lethe-add-claims/invocations`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
      const answer = (await response.json()) as TriggerAnswer;
      const added = answer.response?.claimsAndScopeOverrideDetails?.accessTokenGeneration?.claimsToAddOrOverride;
      const claims = { ...jwt.decode(tokens.AccessToken), ...added };
      const AccessToken = jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'CognitoLocal' });
      return { ...tokens, AccessToken };
    },
  };
}

function eventOf(user: PoolUser, groups: readonly string[], userPoolId: string, source: string): object {
  return {
    version: '2',
    triggerSource: `TokenGeneration_${source}`,
    userPoolId,
    userName: user.Username,
    request: {
      userAttributes: Object.fromEntries(user.Attributes.map(({ Name, Value }) => [Name, Value])),
      groupConfiguration: { groupsToOverride: groups },
      scopes: ['aws.cognito.signin.user.admin'],
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}
