// Signing in by redirect: authorization code with PKCE (RFC 7636); by password where auth has no page for it. Tokens live in this page's memory alone; what must
// outlive the redirect (state and verifier, S19) lies in this tab's session storage and is used once.
const CLIENT = 'lethe-web';
const ISSUER = `${location.origin}/auth`;
const REDIRECT_URI = `${location.origin}/`;
const PENDING = 'lethe.sign-in';
let tokens;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** Whether auth has a sign-in page; with a user pool of Cognito behind it, it has none. */
export const hasSignInPage = async () => (await fetch('/auth/.well-known/openid-configuration')).ok;

/** Signs in without a page. Throws what auth says of a refusal. */
export async function signInWithPassword(email, password) {
  tokens = await ask('/auth/login', { email, password });
}

/** Leaves for the sign-in page. */
export async function beginSignIn() {
  const pending = { state: secret(), verifier: secret() };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier)));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT,
    redirect_uri: REDIRECT_URI,
    state: pending.state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  location.assign(`${ISSUER}/authorize?${query}`);
}

/** Ends what the redirect back began; does nothing on a page that is no answer. Throws where the answer is not to be trusted. */
export async function completeSignIn() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return;
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
  sessionStorage.removeItem(PENDING);
  // The code must not stay in the address bar, the history or a bookmark.
  history.replaceState(null, '', '/');
  if (!pending || answer.get('state') !== pending.state || answer.get('iss') !== ISSUER) {
    throw new Error('That sign-in was not begun here: sign in again.');
  }
  if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error'));
  tokens = await grant({
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: pending.verifier,
  });
}

export const signedIn = () => tokens !== undefined;

/** Like fetch, with the access token; refreshed once where it has ended. Without a sign-in afterwards, answers the 401. */
export async function fetchSignedIn(path) {
  const get = () => fetch(path, { headers: { authorization: `Bearer ${tokens.access}` } });
  const answer = await get();
  if (answer.status !== 401) return answer;
  try {
    tokens = await tokens.next();
  } catch {
    tokens = undefined;
    return answer;
  }
  return get();
}

/** Ends the sign-in everywhere: the next one asks for the password. */
export async function signOut() {
  const answer = await fetch('/auth/logout', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.access}` },
    body: JSON.stringify({ refreshToken: tokens.refresh }),
  });
  if (!answer.ok) throw new Error('You are still signed in: try again.');
  tokens = undefined;
}

async function grant(fields) {
  const answer = await fetch('/auth/token', {
    method: 'POST',
    body: new URLSearchParams({ client_id: CLIENT, ...fields }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`Signing in failed (${body.error ?? body.title}): try again.`);
  const refresh = body.refresh_token;
  return {
    access: body.access_token,
    refresh,
    next: () => grant({ grant_type: 'refresh_token', refresh_token: refresh }),
  };
}

async function ask(path, fields) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`Signing in failed (${body.detail ?? body.title}): try again.`);
  const refresh = body.refreshToken;
  return { access: body.accessToken, refresh, next: () => ask('/auth/refresh', { refreshToken: refresh }) };
}
