import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { actAs } from '@lethe/kernel';
import {
  IdentityConfigError,
  InvalidTokenError,
  MissingRoleError,
  MissingTokenError,
  ServiceForbiddenError,
} from '../identity.errors.js';
import { ServiceTokenVerifier } from '../service/service-token-verifier.js';
import { TokenVerifier } from '../token/token-verifier.js';
import { type Access, accessOf, asksLiveSession } from './access.js';
import { principalOf, setPrincipal } from './principal.js';
import { Revocations } from './revocations.js';

interface HttpRequest {
  readonly headers: { readonly authorization?: string };
}

/**
 * Default deny (S37): an HTTP route without `@Public()` needs a token, a user's or, with `@Services()`, a service's.
 * Other contexts (messages) are not its business: they are authorised by the queue they come from.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    @Optional() @Inject(Revocations) private readonly revocations?: Pick<Revocations, 'isRevoked'>,
    @Optional() private readonly services?: ServiceTokenVerifier,
  ) {}

  /** Throws the errors of the library, each of which is an answer. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const handler = context.getHandler();
    const controller = context.getClass();
    const access = accessOf(handler, controller);
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (access.kind === 'services') await this.#admitService(request, access);
    else await this.#admitUser(request, access, asksLiveSession(handler, controller));
    return true;
  }

  async #admitUser(request: HttpRequest, access: Access, live: boolean): Promise<void> {
    const principal = principalOf(request) ?? (await this.verifier.verify(bearerToken(request)));
    setPrincipal(request, principal);
    actAs({ kind: 'user', id: principal.id, issuer: principal.issuer });
    if (access.kind === 'roles' && !access.roles.some((role) => principal.roles.includes(role))) {
      throw new MissingRoleError(access.roles);
    }
    if (!live) return;
    if (!this.revocations)
      throw new IdentityConfigError('a route asks for a live session, and there are no revocations');
    if (await this.revocations.isRevoked(principal)) throw new InvalidTokenError('the sign-in was ended');
  }

  async #admitService(request: HttpRequest, { services }: Extract<Access, { kind: 'services' }>): Promise<void> {
    if (!this.services) throw new IdentityConfigError('a route is for services, whose keys are not known');
    const { service } = await this.services.verify(bearerToken(request));
    actAs({ kind: 'service', name: service });
    if (!services.includes(service)) throw new ServiceForbiddenError(service, services);
  }
}

/** RFC 6750 2.1, and no other place: a token in a URL ends up in logs. */
function bearerToken({ headers }: HttpRequest): string {
  const { authorization } = headers;
  if (authorization === undefined) throw new MissingTokenError();
  const [scheme, token, ...rest] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new InvalidTokenError('the Authorization header is not "Bearer <token>"');
  }
  return token;
}
