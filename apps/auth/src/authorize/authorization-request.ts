import { type ClientRegistry, type OAuthClient } from './client-registry.js';

/** A request for an authorization code that can be granted. */
export interface AuthorizationRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  /** The client's own, sent back as it came: it binds the answer to the browser that asked (S19). */
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly scope: string;
  /** SHA-256 of the verifier, in base64url (RFC 7636 4.2). */
  readonly challenge: string;
  /** `none`: answer without a page; `login`: ask for the password, whoever is signed in. */
  readonly prompt: 'none' | 'login' | undefined;
  /** The oldest sign-in, in seconds, that needs no new password. */
  readonly maxAge: number;
}

/** What a request came to. */
export type ReadRequest =
  | { readonly kind: 'granted'; readonly request: AuthorizationRequest }
  /** Told to the client, by redirect. */
  | {
      readonly kind: 'faulty';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: string;
      readonly description: string;
    }
  /** Told to the user alone: who asked, or where the answer should go, is not known, and nobody is redirected there. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What a client may ask for; `openid` adds an ID token. */
export const SCOPES: readonly string[] = ['openid'];

/** RFC 7636 4.2: SHA-256 in base64url without padding. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** RFC 6749 A.5: visible ASCII characters and the space. */
const OPAQUE = /^[\x20-\x7e]{0,512}$/;
const SECONDS = /^\d{1,9}$/;

type Query = Readonly<Record<string, unknown>>;

/**
 * Reads the parameters of the authorization endpoint: code flow with PKCE by S256 and nothing else (S13; RFC 9700
 * 2.1.1). A parameter that is there twice is refused (RFC 6749 3.1).
 */
export function readAuthorizationRequest(query: Query, clients: ClientRegistry): ReadRequest {
  const id = query['client_id'];
  const client = typeof id === 'string' ? clients.find(id) : undefined;
  if (!client) return { kind: 'refused', reason: 'The program that sent you here is not known.' };
  const redirectUri = query['redirect_uri'];
  if (typeof redirectUri !== 'string' || !client.redirectUris.includes(redirectUri)) {
    return { kind: 'refused', reason: 'The program that sent you here asks to send you on to a place not agreed on.' };
  }
  const state = opaque(query['state']);
  const fault = faultOf(query);
  if (fault) return { kind: 'faulty', redirectUri, state, ...fault };
  return {
    kind: 'granted',
    request: {
      client,
      redirectUri,
      state,
      nonce: opaque(query['nonce']),
      scope: wordsOf(query, 'scope').join(' '),
      challenge: textOf(query, 'code_challenge'),
      prompt: promptOf(query),
      maxAge: query['max_age'] === undefined ? Number.POSITIVE_INFINITY : Number(query['max_age']),
    },
  };
}

/** The parameters of a request as a query, for the form of the sign-in page. */
export function queryOf(request: AuthorizationRequest): string {
  const { client, redirectUri, state, nonce, scope, challenge } = request;
  return new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
  }).toString();
}

interface Fault {
  readonly error: string;
  readonly description: string;
}

/** Error codes of RFC 6749 4.1.2.1 and OpenID Connect Core 3.1.2.6. */
function faultOf(query: Query): Fault | undefined {
  if (Object.values(query).some((value) => typeof value !== 'string')) return invalid('a parameter is there twice');
  if (query['response_type'] !== 'code') return { error: 'unsupported_response_type', description: 'only code' };
  if (query['request'] !== undefined) return { error: 'request_not_supported', description: 'no request objects' };
  if (query['request_uri'] !== undefined) return { error: 'request_uri_not_supported', description: 'no request_uri' };
  if ((query['response_mode'] ?? 'query') !== 'query') return invalid('only response_mode query');
  if (query['code_challenge_method'] !== 'S256') return invalid('only code_challenge_method S256');
  if (!CHALLENGE.test(textOf(query, 'code_challenge'))) return invalid('code_challenge is no SHA-256');
  for (const name of ['state', 'nonce']) {
    if (query[name] !== undefined && opaque(query[name]) === undefined)
      return invalid(`${name} is not in ASCII or too long`);
  }
  if (query['max_age'] !== undefined && !SECONDS.test(textOf(query, 'max_age'))) return invalid('max_age is no number');
  const prompts = wordsOf(query, 'prompt');
  if (prompts.includes('none') && prompts.length > 1) return invalid('prompt none goes with no other');
  if (!wordsOf(query, 'scope').every((scope) => SCOPES.includes(scope))) {
    return { error: 'invalid_scope', description: `only ${SCOPES.join(' ')}` };
  }
  return undefined;
}

function invalid(description: string): Fault {
  return { error: 'invalid_request', description };
}

function wordsOf(query: Query, name: string): readonly string[] {
  return textOf(query, name)
    .split(' ')
    .filter((word) => word !== '');
}

/** OpenID Connect Core 3.1.2.1; there is no consent to ask for, and another account is chosen by signing in. */
function promptOf(query: Query): AuthorizationRequest['prompt'] {
  const prompts = wordsOf(query, 'prompt');
  if (prompts.includes('none')) return 'none';
  return prompts.includes('login') || prompts.includes('select_account') ? 'login' : undefined;
}

function textOf(query: Query, name: string): string {
  const value = query[name];
  return typeof value === 'string' ? value : '';
}

function opaque(value: unknown): string | undefined {
  return typeof value === 'string' && OPAQUE.test(value) ? value : undefined;
}
