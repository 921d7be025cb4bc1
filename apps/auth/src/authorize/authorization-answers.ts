import { type ProblemError } from '@lethe/kernel';
import { CONFIG, type BaseConfig, ownIssuerOf } from '@lethe/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { AuthorizationCodes, type BrowserSignIn } from './authorization-codes.js';
import { type AuthorizationRequest, queryOf } from './authorization-request.js';
import { BrowserSessions, type KnownBrowser } from './browser-sessions.js';
import { pagePolicy, signInPage } from './sign-in-page.js';

/** An answer to the client that is no code. */
interface FaultAnswer {
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly error: string;
  readonly description?: string;
}

/** The answers of the authorization endpoint: back to the client with a code or an error, or the sign-in page. */
@Injectable()
export class AuthorizationAnswers {
  readonly #issuer: string;

  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly browsers: BrowserSessions,
    @Inject(CONFIG) config: BaseConfig,
  ) {
    this.#issuer = ownIssuerOf(config).issuer;
  }

  async sendCode(reply: FastifyReply, request: AuthorizationRequest, signIn: BrowserSignIn): Promise<void> {
    const code = await this.codes.issue(request, signIn);
    this.#redirect(reply, request, { code });
  }

  sendFault(reply: FastifyReply, fault: FaultAnswer): void {
    const { error, description } = fault;
    this.#redirect(reply, fault, { error, ...(description === undefined ? {} : { error_description: description }) });
  }

  sendForm(
    reply: FastifyReply,
    request: AuthorizationRequest,
    browser: KnownBrowser,
    refused?: { readonly problem: ProblemError; readonly email: string },
  ): void {
    const html = signInPage({
      clientName: request.client.name,
      query: queryOf(request),
      formToken: this.browsers.formToken(browser),
      email: refused?.email,
      fault: refused?.problem.message,
    });
    void reply
      .code(refused?.problem.status ?? 200)
      .header('set-cookie', this.browsers.cookie(browser))
      .headers({ ...refused?.problem.headers, ...pageHeaders(request.redirectUri) })
      .send(html);
  }

  /** 303: the browser follows with GET and does not send the password on (RFC 9700 4.12). `iss` is RFC 9207. */
  #redirect(
    reply: FastifyReply,
    { redirectUri, state }: Pick<FaultAnswer, 'redirectUri' | 'state'>,
    parameters: Readonly<Record<string, string>>,
  ): void {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries({ ...parameters, iss: this.#issuer })) {
      target.searchParams.set(name, value);
    }
    if (state !== undefined) target.searchParams.set('state', state);
    void reply.code(303).header('cache-control', 'no-store').header('location', target.href).send();
  }
}

/**
 * Headers of a page of these. Its own origin may be told to this very origin: browsers send `Origin: null` with a form
 * under `no-referrer`.
 */
export function pageHeaders(redirectUri?: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(redirectUri),
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
  };
}
