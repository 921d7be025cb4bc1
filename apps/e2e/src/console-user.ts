import { createHash, randomBytes } from 'node:crypto';
import type { RunningStore } from '@lethe/store';

/** Somebody at the console, in a browser that keeps cookies: signs in by redirects, as apps/web does. */
export class ConsoleUser {
  readonly #cookies = new Map<string, string>();
  #refreshToken = '';

  constructor(private readonly store: RunningStore) {}

  /** Signs in at the page of auth. Throws a TypeError where no code comes back. */
  async signIn(email: string, password: string): Promise<void> {
    const verifier = randomBytes(32).toString('base64url');
    const page = await this.#visit(`/auth/authorize?${this.#query(verifier)}`);
    const html = await page.text();
    const action = /action="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const _csrf = /name="_csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const answer = await this.#visit(action, { email, password, _csrf });
    const code = codeOf(answer);
    if (code === undefined) throw new TypeError(`signing in was answered ${answer.status}`);
    await this.#grant({ grant_type: 'authorization_code', code, redirect_uri: this.#home, code_verifier: verifier });
  }

  /** Whether the browser is given a code without a page. */
  async isKnown(): Promise<boolean> {
    const answer = await this.#visit(
      `/auth/authorize?${this.#query(randomBytes(32).toString('base64url'))}&prompt=none`,
    );
    return codeOf(answer) !== undefined;
  }

  /** Gets the next tokens and answers with the status. */
  async refresh(): Promise<number> {
    return this.#grant({ grant_type: 'refresh_token', refresh_token: this.#refreshToken });
  }

  get #home(): string {
    return `${this.store.url}/`;
  }

  #query(verifier: string): string {
    return new URLSearchParams({
      response_type: 'code',
      client_id: 'lethe-web',
      redirect_uri: this.#home,
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
  }

  async #visit(path: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(path, this.store.url), {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  async #grant(form: Record<string, string>): Promise<number> {
    const body = new URLSearchParams({ client_id: 'lethe-web', ...form });
    const response = await fetch(new URL('/auth/token', this.store.url), { method: 'POST', body });
    const tokens = (await response.json()) as { readonly refresh_token?: string };
    this.#refreshToken = tokens.refresh_token ?? '';
    return response.status;
  }
}

function codeOf({ headers }: Response): string | undefined {
  const location = headers.get('location');
  return location === null ? undefined : (new URL(location).searchParams.get('code') ?? undefined);
}
