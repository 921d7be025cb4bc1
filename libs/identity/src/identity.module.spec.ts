import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AUDIENCE, ISSUER } from '../test/issuer.js';
import { LiveSession, Services } from './access/access.js';
import { IdentityModule } from './identity.module.js';
import { ownIssuer } from './issuers.js';
import { makeServiceKey } from './service/service-key.js';

@Controller()
class LiveController {
  @Get() @LiveSession() pay(): void {}
}
@Controller()
class InternalController {
  @Get() @Services('orders') quotes(): void {}
}

describe('IdentityModule', () => {
  const issuer = ownIssuer({ issuer: ISSUER, audience: AUDIENCE, jwksUrl: `${ISSUER}/jwks.json` });
  const start = async (controller: Type, options: Partial<Parameters<typeof IdentityModule.forRoot>[0]> = {}) => {
    @Module({ imports: [IdentityModule.forRoot({ issuer, ...options })], controllers: [controller] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    await app.close();
  };

  it('does not start where a route asks for a live session and there are no revocations', async () => {
    await expect(start(LiveController)).rejects.toThrow('LiveController.pay asks for a live session');
  });

  it('does not start where a route is for services whose keys are not known', async () => {
    const keys = JSON.stringify({ keys: [makeServiceKey('orders').publicJwk] });

    await expect(start(InternalController)).rejects.toThrow('InternalController.quotes is for services');
    await start(InternalController, { services: { service: 'catalog', keys } });
  });
});
