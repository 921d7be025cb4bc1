import { type AddressInfo } from 'node:net';
import { Authenticated, IdentityModule, Public, importKeys, ownIssuer } from '@lethe/identity';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import 'reflect-metadata';

const ISSUER = 'https://store.example/auth';
const issuer = ownIssuer({ issuer: ISSUER, audience: 'lethe', jwksUrl: `${ISSUER}/jwks.json` });

@Controller()
class BenchController {
  @Get('open')
  @Public()
  open() {
    return { ok: true };
  }

  @Get('cpu')
  @Public()
  cpu() {
    return process.cpuUsage();
  }

  @Get('guarded')
  @Authenticated()
  guarded() {
    return { ok: true };
  }
}

/** Where an application listens that has an open and a guarded route, and a token for it. */
export interface GuardedApp {
  readonly port: number;
  readonly token: string;
}

/** Starts it, for as long as its process lives. */
export async function startGuardedApp(): Promise<GuardedApp> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const keys = importKeys({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'key' }] });
  const source = { peek: (kid: string) => keys.get(kid), find: (kid: string) => Promise.resolve(keys.get(kid)) };
  const token = await new SignJWT({ roles: ['customer'], sid: 'session' })
    .setProtectedHeader({ alg: 'ES256', kid: 'key', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience('lethe')
    .setSubject('019d0c5e-7a3c-7f00-8000-000000000000')
    .setJti('019d0c5e-7a3c-7f00-8000-000000000001')
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(pair.privateKey);

  @Module({
    imports: [IdentityModule.forKeys({ issuer, useFactory: () => source })],
    controllers: [BenchController],
  })
  class BenchModule {}

  const app = await NestFactory.create<NestFastifyApplication>(BenchModule, new FastifyAdapter(), { logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { token, port: (app.getHttpServer().address() as AddressInfo).port };
}
