import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { Browser, REDIRECT_URI, authorization } from './browser.js';

/** What apps/web/public/sign-in.js exports. */
interface ConsoleSignIn {
  beginSignIn(): Promise<void>;
  completeSignIn(): Promise<void>;
  fetchSignedIn(path: string): Promise<Response>;
  signOut(): Promise<void>;
  signedIn(): boolean;
  hasSignInPage(): Promise<boolean>;
  signInWithPassword(email: string, password: string): Promise<void>;
}

const SCRIPT = pathToFileURL(join(import.meta.dirname, '../../web/public/sign-in.js')).href;

/** As much of a browser's page as the script touches; its requests go to the replicas in turn. */
class Tab {
  readonly stored = new Map<string, string>();
  readonly location = {
    origin: new URL(REDIRECT_URI).origin,
    search: '',
    assign: (url: string) => void (this.left = url),
  };
  readonly sent: string[] = [];
  left = '';
  shown = '';
  #turn = 0;
  #refuse = 0;

  constructor(private readonly urls: readonly string[]) {
    Object.assign(globalThis, {
      location: this.location,
      history: { replaceState: (_state: unknown, _title: string, url: string) => void (this.shown = url) },
      sessionStorage: {
        getItem: (name: string) => this.stored.get(name) ?? null,
        setItem: (name: string, value: string) => this.stored.set(name, value),
        removeItem: (name: string) => this.stored.delete(name),
      },
      fetch: this.#fetch,
    });
  }

  /** The next answer to a request with a token is 401, as for one that has ended. */
  refuseOnce(): void {
    this.#refuse = 1;
  }

  readonly #fetch = (path: string, init?: RequestInit): Promise<Response> => {
    if (!path.startsWith('/')) return nativeFetch(path, init);
    this.sent.push(path);
    if (this.#refuse > 0 && !path.startsWith('/auth/token')) {
      this.#refuse -= 1;
      return Promise.resolve(new Response('{}', { status: 401 }));
    }
    this.#turn += 1;
    return nativeFetch(`${this.urls[this.#turn % this.urls.length] ?? ''}${path}`, init);
  };
}

const nativeFetch = globalThis.fetch;

describe('the console signs in', () => {
  let auth: AuthService;
  let urls: string[];
  let console: ConsoleSignIn;
  let tab: Tab;
  beforeAll(async () => {
    auth = await startAuth(3);
    urls = await Promise.all(auth.replicas.map((app) => app.getUrl()));
    tab = new Tab(urls);
    console = (await import(SCRIPT)) as ConsoleSignIn;
  });
  beforeEach(() => {
    tab = new Tab(urls);
  });
  afterAll(async () => {
    globalThis.fetch = nativeFetch;
    await auth.stop();
  });

  /** The user signs in at the page that the tab left for, and comes back. */
  async function comeBack(): Promise<Browser> {
    const browser = new Browser(urls);
    const { email } = await auth.customer();
    const { pathname, search } = new URL(tab.left);
    const page = await browser.signIn(`${pathname}${search}`, { email, password: PASSWORD });
    const stored = new Map(tab.stored);
    tab = new Tab(urls);
    for (const [name, value] of stored) tab.stored.set(name, value);
    tab.location.search = page.location?.search ?? '';
    return browser;
  }

  it('S13 S19: by a code and PKCE, whose secrets are used once and leave the address bar', async () => {
    await console.beginSignIn();
    expect(new URL(tab.left).searchParams.get('code_challenge_method')).toBe('S256');
    await comeBack();
    const { search } = tab.location;

    await console.completeSignIn();

    expect(console.signedIn()).toBe(true);
    expect(tab.shown).toBe('/');
    expect([...tab.stored.keys()]).toEqual([]);
    expect((await console.fetchSignedIn('/auth/me')).status).toBe(200);
    tab.location.search = search;
    await expect(console.completeSignIn()).rejects.toThrow('not begun here');
  });

  it('S19: believes no answer that it did not ask for', async () => {
    await console.beginSignIn();
    await comeBack();
    const answer = new URLSearchParams(tab.location.search);

    for (const forged of [{ state: 'other' }, { iss: 'https://evil.example/auth' }]) {
      const kept = new Map(tab.stored);
      tab.location.search = `?${new URLSearchParams({ ...Object.fromEntries(answer), ...forged }).toString()}`;
      await expect(console.completeSignIn()).rejects.toThrow('not begun here');
      for (const [name, value] of kept) tab.stored.set(name, value);
    }
    expect(tab.sent).toEqual([]);
  });

  it('S20: refreshes by itself, and signs out of the browser too', async () => {
    await console.beginSignIn();
    const browser = await comeBack();
    await console.completeSignIn();
    tab.refuseOnce();

    expect((await console.fetchSignedIn('/auth/me')).status).toBe(200);
    expect(tab.sent.slice(-3)).toEqual(['/auth/me', '/auth/token', '/auth/me']);
    await console.signOut();

    expect(console.signedIn()).toBe(false);
    const silent = await browser.visit(authorization({ prompt: 'none' }).path);
    expect(silent.location?.searchParams.get('error')).toBe('login_required');
  });

  it('S20: by password where auth has no page for it, refreshes and signs out as well', async () => {
    expect(await console.hasSignInPage()).toBe(true);
    const { email } = await auth.customer();
    await expect(console.signInWithPassword(email, 'not the password at all')).rejects.toThrow('Signing in failed');

    await console.signInWithPassword(email, PASSWORD);
    tab.refuseOnce();

    expect((await console.fetchSignedIn('/auth/me')).status).toBe(200);
    expect(tab.sent.slice(-3)).toEqual(['/auth/me', '/auth/refresh', '/auth/me']);
    await console.signOut();
    expect(console.signedIn()).toBe(false);
  });
});
