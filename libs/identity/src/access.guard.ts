import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { accessOf } from './access.js';
import { InvalidTokenError, MissingRoleError, MissingTokenError } from './identity.errors.js';
import { principalOf, setPrincipal } from './principal.js';
import { TokenVerifier } from './token-verifier.js';

interface HttpRequest {
  readonly headers: { readonly authorization?: string };
}

/**
 * Default deny (S37): an HTTP route without `@Public()` needs a token. Other contexts (messages) are not its business:
 * they are authorised by the queue they come from.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly verifier: TokenVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = accessOf(context.getHandler(), context.getClass());
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const principal = principalOf(request) ?? (await this.verifier.verify(bearerToken(request)));
    setPrincipal(request, principal);
    if (access.kind === 'roles' && !access.roles.some((role) => principal.roles.includes(role))) {
      throw new MissingRoleError(access.roles);
    }
    return true;
  }
}

/** RFC 6750 2.1, and no other place: a token in a URL ends up in logs. */
function bearerToken({ headers }: HttpRequest): string {
  if (headers.authorization === undefined) throw new MissingTokenError();
  const [scheme, token, ...rest] = headers.authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new InvalidTokenError('the Authorization header is not "Bearer <token>"');
  }
  return token;
}
