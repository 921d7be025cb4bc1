import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  createParamDecorator,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { type BrowserSession } from './browser-session.js';
import { type BrowserRequest, BrowserSessions } from './browser-sessions.js';

const SIGNED_IN = 'lethe:signed-in';

/** The sessions of the requests under way: request objects are framework's, and nothing is written onto them. */
const sessions = new WeakMap<object, BrowserSession>();

/** A route, or all of a controller, for signed-in browsers alone: others get 401. Needs the {@link SessionGuard}. */
export const SignedIn = () => SetMetadata(SIGNED_IN, true);

/** The request's {@link BrowserSession}. Needs the {@link SessionGuard}, and throws a TypeError without it. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): BrowserSession => {
  const session = sessions.get(context.switchToHttp().getRequest<object>());
  if (session === undefined) throw new TypeError('@CurrentSession() needs @UseGuards(SessionGuard)');
  return session;
});

/**
 * Loads the session of each request and refuses what another site made the browser send (403, S35). While the store is
 * down every request that brings a session fails with 503 (S34).
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly browserSessions: BrowserSessions,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<BrowserRequest>();
    const response = http.getResponse<unknown>();
    const { httpAdapter } = this.adapterHost;
    const session = await this.browserSessions.of(request, (name, value) => {
      httpAdapter.appendHeader(response, name, value);
    });
    const fault = this.browserSessions.csrfFault(request, session);
    if (fault !== undefined) throw new ForbiddenException(`refused as possibly forged: ${fault}`);
    const targets = [context.getHandler(), context.getClass()];
    const isForSignedIn = this.reflector.getAllAndOverride<boolean | undefined>(SIGNED_IN, targets) === true;
    if (isForSignedIn && session.owner === undefined) throw new UnauthorizedException('sign in first');
    sessions.set(request, session);
    return true;
  }
}
