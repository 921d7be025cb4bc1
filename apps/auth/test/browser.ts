import { createHash, randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a browser got, redirects not followed. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where it is sent, if it is. */
  readonly location: URL | undefined;
}

interface VisitOptions {
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser with a cookie jar, whose requests go to the replicas in turn. */
export class Browser {
  readonly cookies = new Map<string, string>();
  #turn = 0;

  constructor(private readonly urls: readonly string[]) {}

  static async of(replicas: readonly NestFastifyApplication[]): Promise<Browser> {
    return new Browser(await Promise.all(replicas.map((app) => app.getUrl())));
  }

  async visit(path: string, { form, headers }: VisitOptions = {}): Promise<Page> {
    this.#turn += 1;
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(`${this.urls[this.#turn % this.urls.length] ?? ''}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      location: location === null ? undefined : new URL(location),
    };
  }

  /** Opens the sign-in page and sends its form. */
  async signIn(path: string, credentials: { readonly email: string; readonly password: string }): Promise<Page> {
    const page = await this.visit(path);
    return this.visit(actionOf(page.html), { form: { ...credentials, _csrf: formTokenOf(page.html) } });
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=');
    this.cookies.set(name, value);
  }
}

/** Where the form of a page goes. */
export function actionOf(html: string): string {
  return (/action="([^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&');
}

/** The anti-forgery token in the form of a page. */
export function formTokenOf(html: string): string {
  return /name="_csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
}

export const REDIRECT_URI = 'http://localhost:8080/';

/** A client's own secrets of one sign-in, and the URL it sends the browser to. */
export function authorization(parameters: Readonly<Record<string, string>> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'lethe-web',
    redirect_uri: REDIRECT_URI,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { verifier, state, path: `/auth/authorize?${query.toString()}`, query };
}
