import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AccessGuard } from './access.guard.js';
import { Authenticated, Public, Roles } from './access.js';
import { InvalidTokenError } from '../identity.errors.js';
import { principalOf } from './principal.js';
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

describe('AccessGuard', () => {
  const verifier: Pick<TokenVerifier, 'verify'> = {
    verify: (token) =>
      token === 'bad'
        ? Promise.reject(new InvalidTokenError('bad'))
        : Promise.resolve({ id: 'user-1', issuer: 'i', tokenId: 't', roles: [token], issuedAt: 0, expiresAt: 900 }),
  };
  const guard = new AccessGuard(verifier as TokenVerifier);
  const enter = async (controller: new () => object, method: string, authorization?: string, type = 'http') => {
    const request = { headers: authorization === undefined ? {} : { authorization } };
    const handler = (controller.prototype as Record<string, () => void>)[method] ?? (() => undefined);
    const context = new ExecutionContextHost([request], controller, handler);
    context.setType(type);
    return { allowed: await guard.canActivate(context), principal: principalOf(request) };
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
    expect(await enter(Admins, 'open', 'Bearer bad')).toEqual({ allowed: true, principal: undefined });
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

  it('S40: leaves messages alone: their queue has authorised them', async () => {
    expect((await enter(Plain, 'anything', undefined, 'rpc')).allowed).toBe(true);
  });
});
