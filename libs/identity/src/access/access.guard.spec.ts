import { afterEach, describe, expect, it } from '@jest/globals';
import { childTrace, currentActor, runInTrace } from '@lethe/kernel';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AccessGuard } from './access.guard.js';
import { Authenticated, LiveSession, Public, Roles, Services } from './access.js';
import { IdentityConfigError, InvalidTokenError, RevocationsUnavailableError } from '../identity.errors.js';
import { type Principal, principalOf } from './principal.js';
import { type ServiceTokenVerifier } from '../service/service-token-verifier.js';
import { type TokenVerifier } from '../token/token-verifier.js';

@Roles('admin')
class Admins {
  @Public() open(): void {}
  @Authenticated() signedIn(): void {}
  admins(): void {}
}
class Plain {
  anything(): void {}
}
@LiveSession()
class Live {
  anything(this: void): void {}
  @Roles('admin') admins(): void {}
  @Public() open(): void {}
}
class Internal {
  @Services('orders', 'catalog') quotes(this: void): void {}
}

describe('AccessGuard', () => {
  const verifier: Pick<TokenVerifier, 'verify' | 'recall'> = {
    recall: (token) =>
      token === 'remembered'
        ? { id: 'user-2', issuer: 'i', tokenId: 't', roles: [token], issuedAt: 0, expiresAt: 900 }
        : undefined,
    verify: (token) =>
      token === 'bad'
        ? Promise.reject(new InvalidTokenError('bad'))
        : Promise.resolve({ id: 'user-1', issuer: 'i', tokenId: 't', roles: [token], issuedAt: 0, expiresAt: 900 }),
  };
  const ended = new Set<string>();
  const revocations = {
    isRevoked: ({ roles }: Principal) =>
      ended.has('unknown')
        ? Promise.reject(new RevocationsUnavailableError(new Error('down')))
        : Promise.resolve(roles.some((role) => ended.has(role))),
  };
  const services: Pick<ServiceTokenVerifier, 'verify'> = {
    verify: (token) =>
      token.startsWith('service-')
        ? Promise.resolve({ service: token.slice('service-'.length), tokenId: 't' })
        : Promise.reject(new InvalidTokenError('the token is no service token')),
  };
  const guard = new AccessGuard(verifier as TokenVerifier, revocations, services as ServiceTokenVerifier);
  afterEach(() => ended.clear());
  const enter = async (controller: new () => object, method: string, authorization?: string, type = 'http') => {
    const request = { headers: authorization === undefined ? {} : { authorization } };
    const handler = (controller.prototype as Record<string, () => void>)[method] ?? (() => undefined);
    const context = new ExecutionContextHost([request], controller, handler);
    context.setType(type);
    return runInTrace(childTrace(), async () => ({
      allowed: await guard.canActivate(context),
      principal: principalOf(request),
      actor: currentActor(),
    }));
  };

  it('S37: asks for a token where nothing is declared', async () => {
    await expect(enter(Plain, 'anything')).rejects.toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(await enter(Plain, 'anything', 'Bearer customer')).toMatchObject({
      allowed: true,
      principal: { id: 'user-1' },
    });
  });

  it('lets anyone into a public route and looks at no token', async () => {
    expect(await enter(Admins, 'open', 'Bearer bad')).toEqual({ allowed: true });
  });

  it('lets a token that was verified before in at once, by the same rules', async () => {
    ended.add('remembered');

    expect(await enter(Plain, 'anything', 'Bearer remembered')).toMatchObject({
      allowed: true,
      principal: { id: 'user-2' },
      actor: { kind: 'user', id: 'user-2' },
    });
    await expect(enter(Admins, 'admins', 'Bearer remembered')).rejects.toMatchObject({ status: 403 });
    await expect(enter(Live, 'anything', 'Bearer remembered')).rejects.toMatchObject({ status: 401 });
  });

  it('asks for a role, on the handler before the controller', async () => {
    await expect(enter(Admins, 'admins', 'Bearer customer')).rejects.toMatchObject({ status: 403 });
    expect((await enter(Admins, 'admins', 'Bearer admin')).allowed).toBe(true);
    expect((await enter(Admins, 'signedIn', 'Bearer customer')).allowed).toBe(true);
  });

  it('reads the bearer scheme, whatever its capitals, and no other', async () => {
    expect((await enter(Plain, 'anything', 'bearer customer')).allowed).toBe(true);
    for (const header of ['Basic dTpw', 'Bearer', 'Bearer ', 'Bearer a b', 'customer']) {
      await expect(enter(Plain, 'anything', header)).rejects.toMatchObject({ status: 401 });
    }
  });

  it('S20: refuses a sign-in that was ended, on the routes that ask, whatever else they ask for', async () => {
    expect((await enter(Live, 'anything', 'Bearer customer')).allowed).toBe(true);
    ended.add('customer').add('admin');

    for (const [method, token] of [
      ['anything', 'customer'],
      ['admins', 'admin'],
    ] as const)
      await expect(enter(Live, method, `Bearer ${token}`)).rejects.toMatchObject({
        status: 401,
        reason: 'the sign-in was ended',
      });
    expect((await enter(Plain, 'anything', 'Bearer customer')).allowed).toBe(true);
    expect((await enter(Live, 'open')).allowed).toBe(true);
  });

  it('S34: lets nobody in where it cannot be told whether the sign-in was ended', async () => {
    ended.add('unknown');

    await expect(enter(Live, 'anything', 'Bearer customer')).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    await expect(enter(Live, 'admins', 'Bearer customer')).rejects.toMatchObject({ status: 403 });
    expect((await enter(Plain, 'anything', 'Bearer customer')).allowed).toBe(true);
  });

  it('lets the services in that are named, and no user', async () => {
    expect(await enter(Internal, 'quotes', 'Bearer service-orders')).toEqual({
      allowed: true,
      actor: { kind: 'service', name: 'orders' },
    });
    await expect(enter(Internal, 'quotes', 'Bearer service-auth')).rejects.toMatchObject({ status: 403 });
    await expect(enter(Internal, 'quotes', 'Bearer admin')).rejects.toMatchObject({ status: 401 });
    await expect(enter(Internal, 'quotes')).rejects.toMatchObject({ status: 401 });
  });

  it('fails where a route asks for what the guard was not given', async () => {
    const bare = new AccessGuard(verifier as TokenVerifier);
    const request = { headers: { authorization: 'Bearer customer' } };

    for (const [controller, handler] of [
      [Live, Live.prototype.anything],
      [Internal, Internal.prototype.quotes],
    ] as const) {
      const context = new ExecutionContextHost([request], controller, handler);
      await expect(bare.canActivate(context)).rejects.toBeInstanceOf(IdentityConfigError);
    }
  });

  it('S40: says on whose behalf the rest of the request is done', async () => {
    expect((await enter(Plain, 'anything', 'Bearer customer')).actor).toEqual({
      kind: 'user',
      id: 'user-1',
      issuer: 'i',
    });
  });

  it('S40: leaves messages alone: their queue has authorised them', async () => {
    expect((await enter(Plain, 'anything', undefined, 'rpc')).allowed).toBe(true);
  });
});
