import { type AuthConfig } from '../auth.config.js';

/** A program that users sign in to by redirects: public, so that it has no secret and PKCE is not optional. */
export interface OAuthClient {
  readonly id: string;
  /** As the sign-in page names it. */
  readonly name: string;
  /** Compared character by character (S14; RFC 9700 2.1). */
  readonly redirectUris: readonly string[];
}

/** The client of apps/web. */
export const WEB_CLIENT = 'lethe-web';

/** The clients that there are. They are configuration: nobody registers one by a request. */
export class ClientRegistry {
  readonly #clients: ReadonlyMap<string, OAuthClient>;

  constructor(config: Pick<AuthConfig, 'PUBLIC_URL' | 'WEB_REDIRECT_URIS'>) {
    const web = {
      id: WEB_CLIENT,
      name: 'the Lethe console',
      redirectUris: config.WEB_REDIRECT_URIS ?? [`${config.PUBLIC_URL}/`],
    };
    this.#clients = new Map([[web.id, web]]);
  }

  find(id: string): OAuthClient | undefined {
    return this.#clients.get(id);
  }
}
