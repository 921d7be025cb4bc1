import { type RequirementGroup, type Rule, numbered } from './requirement.js';

/** Groups in the order of their numbers. Sources: OWASP ASVS 5.0, RFC 8725, RFC 9700, NIST SP 800-63B-4. */
const GROUPS: readonly (readonly [title: string, rules: readonly Rule[]])[] = [
  [
    'Tokens',
    [
      'Algorithms come from an allow-list per issuer, a key is bound to one; `none` and HS* are refused.',
      'The signature is checked before any claim is used.',
      'Keys come from the configured key set alone; `jku`, `x5u`, `jwk`, `x5c` are refused; `kid` is opaque and bounded.',
      '`exp` is required, `nbf` and `iat` are honoured, with a leeway of 60 s at most.',
      '`iss` matches exactly; `aud`, or Cognito’s `client_id`, is on an allow-list.',
      'The type of a token is enforced: an id token never authorizes; own tokens are `at+jwt`.',
      'A user is issuer and subject, never an e-mail address.',
      'Key sets are fetched by HTTPS with time-out and size limit, cached; unknown keys do not cause a hammering.',
      '`use` and `key_ops` of a key are respected.',
      'Revocation is keyed by `jti`, never by the text of a token.',
      'Access tokens last 15 minutes at most and carry nothing personal.',
      'Unknown `crit`, `zip` and `b64: false` are refused.',
    ],
  ],
  [
    'Sign-in flows and refresh',
    [
      'Authorization code with PKCE S256 alone; `plain`, implicit and password grants are off.',
      'Redirect URIs match exactly.',
      'A code is single-use and short-lived; its second use revokes what it gave.',
      'Refresh tokens rotate; reuse of a rotated one ends the family.',
      'Refreshes at the same time have one consistent outcome.',
      'Refresh tokens end for good some day, are stored hashed and bound to their client.',
      'State, nonce and verifier are single-use and lie outside the process.',
      'Log-out and password change end refresh families and access tokens.',
      'Disabling or deleting an account ends all its sessions.',
    ],
  ],
  [
    'Passwords and accounts',
    [
      'At least 15 characters where the password is the only factor.',
      'Long passwords of any Unicode are taken as they are; no composition rules.',
      'Common and context words are refused.',
      'argon2id of 19 MiB, two passes, one lane at least; rehashed when the cost rises; hashing is bounded.',
      'An unknown user, a wrong password and a reset cannot be told apart, in answer or in work.',
      'Attempts are limited per account and per address from a shared store, never for good.',
      'Codes are random, single-use, hashed and short-lived.',
      'A password change needs the current one; so do changes of address and second factor.',
      'There are no default accounts.',
    ],
  ],
  [
    'Sessions and cookies',
    [
      'Session ids have 128 random bits at least and change at sign-in.',
      'Cookies are `__Host-`, Secure, HttpOnly, with an explicit SameSite.',
      'Idle and absolute time-outs are enforced in the shared store.',
      'A session store that cannot be reached denies; nothing falls back to memory.',
      'Mutations by cookie need proof that they come from our own pages.',
      'Signing keys rotate: old and new are accepted by every replica.',
    ],
  ],
  [
    'Authorization',
    [
      'Every route is denied unless it declares who may.',
      'Ownership is part of the query; every `:id` is tried by another user.',
      'Fields are read and written by allow-list.',
      'The user comes from the token; messages carry who acted in their envelope, not in their payload.',
      'Operational endpoints are not public.',
      'A change of role takes effect with the next access token at the latest.',
    ],
  ],
  [
    'Input and output',
    [
      'JSON is bounded in size and depth; duplicate and dangerous keys are refused; types are strict.',
      'Pages are capped; sorting and filters come from a list; queries have time-outs.',
      'SQL and DynamoDB expressions take parameters only.',
      'Outbound requests go to hosts of the configuration alone: no URL comes from data, no redirect is followed.',
      'Uploads are limited in size, type and time, under keys of our own, checked by their bytes, and never served as they came.',
      'Errors are problem+json without stack, SQL or foreign ids.',
      'HSTS, nosniff and a fixed CORS list.',
      'The client’s address is read through an exact number of proxies and cannot be spoofed.',
      'Rate limits per principal, per address and global lie in a shared store.',
    ],
  ],
  [
    'Messages and data',
    [
      'Queues, topics and streams are encrypted, over TLS only, with policies that name their sources.',
      'Envelopes are validated before use; unknown sources are refused; sizes are capped.',
      'No personal data in messages, keys and logs; analytics sees pseudonyms.',
      'Stores are reached over TLS with certificates checked; encryption at rest comes with the infrastructure.',
    ],
  ],
  [
    'Secrets and platform',
    [
      'No secret in code or log; secrets come by reference.',
      'One role per service, least privilege.',
      'Containers are minimal, unprivileged and read-only.',
      'Dependencies are locked and installed from the lock; install scripts are known.',
      'Security events are logged with trace id, masked, in one line each.',
    ],
  ],
];

/** S01 to S60 in their groups. */
export const securityGroups: readonly RequirementGroup[] = GROUPS.map(([title, rules], index) => {
  const first = 1 + GROUPS.slice(0, index).reduce((sum, [, before]) => sum + before.length, 0);
  return { title, requirements: numbered('S', rules, { first, digits: 2 }) };
});
