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
import { type Principal, principalOf, setPrincipal } from './principal.js';
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

  /**
   * At once where nothing has to be asked for: promises are a good part of what a guard costs. Throws, or rejects with,
   * the errors of the library, each of which is an answer.
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const { access, live } = ruleOf(context.getHandler(), context.getClass());
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (access.kind === 'services') return this.#admitService(request, access.services);
    const known = principalOf(request) ?? this.verifier.recall(bearerToken(request));
    if (known && !live) return admit(request, known, access);
    return this.#admitUser(request, known, { access, live });
  }

  async #admitUser(request: HttpRequest, known: Principal | undefined, { access, live }: Rule): Promise<boolean> {
    const principal = known ?? (await this.verifier.verify(bearerToken(request)));
    admit(request, principal, access);
    if (!live) return true;
    if (!this.revocations)
      throw new IdentityConfigError('a route asks for a live session, and there are no revocations');
    if (await this.revocations.isRevoked(principal)) throw new InvalidTokenError('the sign-in was ended');
    return true;
  }

  async #admitService(request: HttpRequest, services: readonly string[]): Promise<boolean> {
    if (!this.services) throw new IdentityConfigError('a route is for services, whose keys are not known');
    const { service } = await this.services.verify(bearerToken(request));
    actAs({ kind: 'service', name: service });
    if (!services.includes(service)) throw new ServiceForbiddenError(service, services);
    return true;
  }
}

interface Rule {
  readonly access: Access;
  readonly live: boolean;
}

/** By handler and controller: a handler may be inherited, and stand under another controller's decorators. */
const rules = new WeakMap<object, WeakMap<object, Rule>>();

/** What was declared, read once: metadata does not change. */
function ruleOf(handler: object, controller: object): Rule {
  const known = rules.get(controller)?.get(handler);
  if (known) return known;
  const rule = { access: accessOf(handler, controller), live: asksLiveSession(handler, controller) };
  const ofController = rules.get(controller) ?? new WeakMap<object, Rule>();
  rules.set(controller, ofController.set(handler, rule));
  return rule;
}

function admit(request: HttpRequest, principal: Principal, access: Access): true {
  setPrincipal(request, principal);
  actAs({ kind: 'user', id: principal.id, issuer: principal.issuer });
  if (access.kind === 'roles' && !access.roles.some((role) => principal.roles.includes(role))) {
    throw new MissingRoleError(access.roles);
  }
  return true;
}

const SCHEME = 'bearer ';

/** RFC 6750 2.1, and no other place: a token in a URL ends up in logs. */
function bearerToken({ headers }: HttpRequest): string {
  const { authorization } = headers;
  if (authorization === undefined) throw new MissingTokenError();
  const token = authorization.slice(SCHEME.length);
  if (authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME || token === '' || token.includes(' ')) {
    throw new InvalidTokenError('the Authorization header is not "Bearer <token>"');
  }
  return token;
}
