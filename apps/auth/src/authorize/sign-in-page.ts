import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { width: min(22rem, 100% - 2rem) }
label { display: block; margin-block: 1rem }
input, button { box-sizing: border-box; width: 100%; padding: 0.5rem; font: inherit }
[role=alert] { border-inline-start: 4px solid #c62828; padding-inline-start: 0.75rem }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What the sign-in page shows. */
export interface SignInForm {
  readonly clientName: string;
  /** Query of the authorization request, to which the form is sent. */
  readonly query: string;
  readonly formToken: string;
  readonly email?: string | undefined;
  readonly fault?: string | undefined;
}

/** The sign-in page: plain HTML, no script, and every text escaped. */
export function signInPage({ clientName, query, formToken, email = '', fault }: SignInForm): string {
  return page(
    'Sign in',
    `<h1>Sign in</h1>
<p>to go on to ${escaped(clientName)}</p>
${fault === undefined ? '' : `<p role="alert">${escaped(fault)}</p>`}
<form method="post" action="/auth/authorize?${escaped(query)}">
<input type="hidden" name="_csrf" value="${escaped(formToken)}">
<label>E-mail <input name="email" type="email" autocomplete="username" maxlength="254" required value="${escaped(email)}"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" maxlength="1024" required></label>
<label>Code of your second factor, if you have one
<input name="code" autocomplete="one-time-code" maxlength="64"></label>
<button>Sign in</button>
</form>`,
  );
}

/** A page that says what is wrong, where there is nowhere to go on to. */
export function faultPage(fault: string): string {
  return page('Sign in', `<h1>This does not work</h1><p role="alert">${escaped(fault)}</p>`);
}

/**
 * The policy of these pages: nothing is loaded, nothing may frame them, and the form goes here, whence the browser is
 * sent on to the client (browsers hold redirects to `form-action` too).
 */
export function pagePolicy(redirectUri?: string): string {
  const target = redirectUri === undefined ? '' : ` ${new URL(redirectUri).origin}`;
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${target}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Lethe</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
