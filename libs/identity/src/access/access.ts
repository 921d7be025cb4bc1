import { type CustomDecorator, type ExecutionContext, SetMetadata, createParamDecorator } from '@nestjs/common';
import { MissingTokenError } from '../identity.errors.js';
import { type Principal, principalOf } from './principal.js';

/** Who may call a route. No declaration means `authenticated` (S37: default deny). */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | { readonly kind: 'services'; readonly services: readonly string[] };

/** Metadata key under which the decorators below store an {@link Access}. */
export const ACCESS = 'lethe:access';

/** Anyone may call: no token is asked for, and none is looked at. */
export const Public = (): CustomDecorator => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);

/** Any signed-in user may call; the default, said aloud. */
export const Authenticated = (): CustomDecorator => SetMetadata(ACCESS, { kind: 'authenticated' } satisfies Access);

/** Only users who hold one of the roles may call. */
export const Roles = (...roles: readonly [string, ...string[]]): CustomDecorator =>
  SetMetadata(ACCESS, { kind: 'roles', roles } satisfies Access);

/** Only these services may call, with tokens of their own; no user may, whatever their roles. */
export const Services = (...services: readonly [string, ...string[]]): CustomDecorator =>
  SetMetadata(ACCESS, { kind: 'services', services } satisfies Access);

/** Metadata key of {@link LiveSession}. */
export const LIVE_SESSION = 'lethe:live-session';

/**
 * The sign-in must still hold at this moment: a token that was revoked is refused here at once, not at its end. Costs a
 * read of the revocations per request; 503 while they cannot be read. On a handler or a whole controller, beside
 * `@Roles()` or `@Authenticated()`.
 */
export const LiveSession = (): CustomDecorator => SetMetadata(LIVE_SESSION, true);

/** Whether a handler or its controller asks for a live session. */
export function asksLiveSession(handler: object, controller: object): boolean {
  return (Reflect.getMetadata(LIVE_SESSION, handler) ?? Reflect.getMetadata(LIVE_SESSION, controller)) === true;
}

/** The access a handler declares, else its controller, else `authenticated`. */
export function accessOf(handler: object, controller: object): Access {
  const declared: unknown = Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
  return (declared as Access | undefined) ?? { kind: 'authenticated' };
}

/** The caller, as a handler's parameter: `@CurrentUser() user: Principal`. Answers 401 on a public route. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<object>());
  if (!principal) throw new MissingTokenError();
  return principal;
});
