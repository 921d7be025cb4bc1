import { type AddressInfo } from 'node:net';
import { Authenticated, IdentityModule, Public, importKeys, ownIssuer } from '@lethe/identity';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import 'reflect-metadata';
import type { LoadJob, LoadResult, LoadSlice } from '../processes/job.js';
import { runProcess } from '../processes/run-process.js';
import { median } from '../report/statistics.js';
import type { Extent, IdentityPart, IdentityRow } from './identity-part.js';

const HOW = `A NestJS application on Fastify, without logs, and eight connections of another process, each with one request under
way; both routes answer the same JSON and get the same headers, a token among them. In turn, slice by slice. The CPU is
that of the application's process, and the bound is on it: the median of the rounds.`;

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

interface Target {
  readonly app: NestFastifyApplication;
  readonly port: number;
  readonly token: string;
}

async function startTarget(): Promise<Target> {
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
  return { app, token, port: (app.getHttpServer().address() as AddressInfo).port };
}

function middle(contender: string, slices: readonly LoadSlice[]): IdentityRow {
  return {
    contender,
    operationsPerSecond: median(slices.map((slice) => slice.operationsPerSecond)),
    cpuMicros: median(slices.map((slice) => slice.cpuMicros)),
    p99Ms: median(slices.map((slice) => slice.p99Ms)),
  };
}

/** Many short slices: what disturbs the machine then touches both routes, or few rounds. */
async function load({ port, token }: Target, { rounds, sliceMs }: Extent) {
  const paths = ['/open', '/guarded'];
  const often = { rounds: rounds * 4, sliceMs: sliceMs / 2 };
  const job: LoadJob = { port, token, paths, cpuPath: '/cpu', connections: 8, ...often };
  const { slices } = await runProcess<LoadResult>('load', job, { env: {} });
  const [open = [], guarded = []] = paths.map((path) => slices.filter((slice) => slice.path === path));
  return { open, guarded };
}

/** What the guard adds to a request. */
export const guardPart: IdentityPart = {
  name: 'guard',
  run: async (extent) => {
    const target = await startTarget();
    try {
      const { open, guarded } = await load(target, extent);
      const ratios = guarded.map(({ cpuMicros }, round) => cpuMicros / (open[round]?.cpuMicros ?? Number.NaN));
      return {
        title: 'A guarded request',
        how: HOW,
        rows: [middle('open: @Public()', open), middle('guarded: @Authenticated()', guarded)],
        bounds: [
          { claim: 'CPU of a guarded request, to an open one', unit: '×', atMost: 1.1, measured: median(ratios) },
        ],
      };
    } finally {
      await target.app.close();
    }
  },
};
