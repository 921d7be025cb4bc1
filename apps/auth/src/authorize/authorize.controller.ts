import { Public } from '@lethe/identity';
import { RateLimit } from '@lethe/rate-limits/nest';
import { FormBody } from '@lethe/service-kit';
import { Body, Controller, Get, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemError } from '@lethe/kernel';
import { z } from 'zod';
import { ForgedFormError, SignInRefusedError } from '../auth.errors.js';
import { Authenticator } from '../user/authenticate.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { type BrowserSignIn } from './authorization-codes.js';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.js';
import { BrowserSessions, type KnownBrowser } from './browser-sessions.js';
import { ClientRegistry } from './client-registry.js';
import { SignInPageFilter } from './sign-in-page.filter.js';

const formSchema = z.object({
  _csrf: z.string().max(512).optional(),
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1024),
  code: z.string().max(64).optional(),
});
type Form = z.output<typeof formSchema>;

/**
 * The authorization endpoint (RFC 6749 3.1): shows the sign-in page, or sends who is signed in already back to the client
 * with a code. Pages for people, so that it is no part of the API's description.
 */
@ApiExcludeController()
@Controller('auth/authorize')
@Public()
@RateLimit('sign-in-pages-ip')
@UseFilters(SignInPageFilter)
export class AuthorizeController {
  constructor(
    private readonly clients: ClientRegistry,
    private readonly browsers: BrowserSessions,
    private readonly answers: AuthorizationAnswers,
    private readonly authenticator: Authenticator,
  ) {}

  @Get()
  async show(@Query() query: Record<string, unknown>, @Req() http: FastifyRequest, @Res() reply: FastifyReply) {
    const request = this.#read(query, reply);
    if (!request) return;
    const browser = await this.browsers.find(http);
    const signIn = browser && request.prompt !== 'login' ? await this.browsers.signedIn(browser) : undefined;
    if (signIn && ageOf(signIn) <= request.maxAge) return this.answers.sendCode(reply, request, signIn);
    if (request.prompt === 'none') return this.answers.sendFault(reply, { ...request, error: 'login_required' });
    return this.answers.sendForm(reply, request, browser ?? (await this.browsers.begin()));
  }

  @Post()
  @FormBody()
  async signIn(
    @Query() query: Record<string, unknown>,
    @Body({ schema: formSchema }) form: Form,
    @Req() http: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const request = this.#read(query, reply);
    if (!request) return;
    const browser = await this.browsers.find(http);
    if (!browser || this.browsers.fault(http, browser, form._csrf) !== undefined) {
      const fresh = browser ?? (await this.browsers.begin());
      return this.answers.sendForm(reply, request, fresh, { problem: new ForgedFormError(), email: form.email });
    }
    return this.#signIn(request, browser, form, { http, reply });
  }

  async #signIn(
    request: AuthorizationRequest,
    browser: KnownBrowser,
    { email, password, code }: Form,
    { http, reply }: { readonly http: FastifyRequest; readonly reply: FastifyReply },
  ) {
    try {
      const factor = code === undefined || code.trim() === '' ? {} : { code };
      const account = await this.authenticator.authenticate({ email, password, ...factor, ip: http.ip });
      const { opened, signIn } = await this.browsers.signIn(browser, account);
      void reply.header('set-cookie', this.browsers.cookie(opened));
      return await this.answers.sendCode(reply, request, signIn);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status >= 500) throw error;
      return this.answers.sendForm(reply, request, browser, { problem: error, email });
    }
  }

  /** The request; where it cannot be granted, it has been answered. Throws a SignInRefusedError where nobody may be told. */
  #read(query: Record<string, unknown>, reply: FastifyReply): AuthorizationRequest | undefined {
    const read = readAuthorizationRequest(query, this.clients);
    if (read.kind === 'refused') throw new SignInRefusedError(read.reason);
    if (read.kind === 'granted') return read.request;
    this.answers.sendFault(reply, read);
    return undefined;
  }
}

/** How long ago somebody signed in, in seconds. */
function ageOf({ authenticatedAt }: BrowserSignIn): number {
  return (Date.now() - authenticatedAt.getTime()) / 1000;
}
