import { Readable } from 'node:stream';
import { CurrentUser, IdentityModule, type Principal, Public, Roles, importKeys, ownIssuer } from '@lethe/identity';
import { currentTrace } from '@lethe/kernel';
import { type Deferred, deferred } from '@lethe/testing';
import { defineService, defineTopology } from '@lethe/topology';
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Module,
  Param,
  Post,
  Query,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiResponse } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { z } from 'zod';
import { type BaseConfig, parseConfig, serviceConfigSchema } from '../src/config.js';
import { createService } from '../src/create-service.js';
import { FormBody } from '../src/http/form-body.js';
import { LongAnswer } from '../src/http/long-answer.js';
import { RawBody } from '../src/http/raw-body.js';
import { StreamBody } from '../src/http/stream-body.js';
import { createLogger } from '../src/observe/logger.js';

const itemSchema = z.object({ productId: z.uuid(), quantity: z.int().min(1) }).meta({ id: 'DemoItem' });
const orderSchema = z.union([
  z.strictObject({ items: z.array(itemSchema).min(1), token: z.string() }),
  z.strictObject({ fromCart: z.literal(true), token: z.string() }),
]);
const querySchema = z.strictObject({ limit: z.coerce.number().int().max(100).default(20), q: z.string().optional() });

/** What the handlers of the demo wait for, set by a test before it calls. */
export const gates = new Map<string, { entered: Deferred<void>; open: Deferred<void> }>();

export function gate(name: string): { entered: Deferred<void>; open: Deferred<void> } {
  const made = { entered: deferred(), open: deferred() };
  gates.set(name, made);
  return made;
}

@Controller('demo')
export class DemoController {
  @Get('open')
  @Public()
  open(@Query({ schema: querySchema }) query: z.output<typeof querySchema>) {
    return { query, traceId: currentTrace()?.traceId };
  }

  @Get('mine')
  mine(@CurrentUser() user: Principal) {
    return { user };
  }

  @Get('admin')
  @Roles('admin')
  admin() {
    return { ok: true };
  }

  @Get('things/:id')
  @Public()
  thing(@Param('id', { schema: z.uuid() }) id: string) {
    return { id };
  }

  @Post('orders')
  @Public()
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: itemSchema })
  async order(@Body({ schema: orderSchema }) body: z.output<typeof orderSchema>) {
    await Promise.resolve();
    return { body, traceId: currentTrace()?.traceId };
  }

  @Post('form')
  @Public()
  @FormBody()
  form(@Body() body: Record<string, string>) {
    return { body };
  }

  @Get('page')
  @Public()
  @Header('content-type', 'text/html')
  @Header('content-security-policy', "default-src 'none'")
  page() {
    return '<p>own</p>';
  }

  @Get('slow/:gate')
  @Public()
  async slow(@Param('gate') name: string) {
    gates.get(name)?.entered.resolve();
    await gates.get(name)?.open.promise;
    return { done: name };
  }

  @Get('events')
  @Public()
  @LongAnswer()
  events(@Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('content-type', 'text/event-stream');
    const stream = new Readable({ read: () => undefined });
    stream.push('data: 1\n\n');
    return stream;
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('select * from secrets: password=hunter2');
  }

  @Get('ip')
  @Public()
  ip(@Req() request: FastifyRequest) {
    return { ip: request.ip };
  }

  @Post('raw')
  @Public()
  @RawBody(100)
  raw(@Req() { body }: FastifyRequest) {
    return { bytes: Buffer.isBuffer(body) ? body.toString('hex') : 'none' };
  }

  @Post('imports')
  @Public()
  @StreamBody('text/csv')
  async import(@Req() request: FastifyRequest) {
    let bytes = 0;
    for await (const chunk of request.body as Readable) bytes += (chunk as Buffer).byteLength;
    return { bytes };
  }
}

export const demoService = defineService({ name: 'demo' });
const issuer = 'http://localhost:8080/auth';
const pair = await generateKeyPair('ES256', { extractable: true });
const keys = importKeys({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'demo' }] });

/** A signed access token with the roles. */
export function token(...roles: string[]): Promise<string> {
  return new SignJWT({ roles })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'demo' })
    .setIssuer(issuer)
    .setAudience('lethe')
    .setSubject('user-1')
    .setJti('token-1')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(pair.privateKey);
}

export const demoIdentity = IdentityModule.forKeys({
  issuer: ownIssuer({ issuer, audience: 'lethe', jwksUrl: `${issuer}/.well-known/jwks.json` }),
  useFactory: () => ({ find: (kid) => Promise.resolve(keys.get(kid)) }),
});

@Module({ imports: [demoIdentity], controllers: [DemoController] })
export class DemoModule {}

export interface Demo {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Parsed log lines. */
  readonly lines: Record<string, unknown>[];
}

export function demoConfig(env: Record<string, string> = {}): BaseConfig {
  return parseConfig(serviceConfigSchema, {
    DATABASE_URL: 'postgres://nowhere/demo',
    INSTANCE_ID: 'demo-1',
    DRAIN_DELAY_MS: '0',
    ...env,
  });
}

/** The demo, listening on a free port. */
export async function startDemo(
  env: Record<string, string> = {},
  module: Type = DemoModule,
  prepare?: (app: NestFastifyApplication) => void,
): Promise<Demo> {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    service: 'demo',
    instance: 'demo-1',
    level: 'info',
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const app = await createService({
    definition: demoService,
    topology: defineTopology('demo', [demoService]),
    module,
    config: demoConfig(env),
    logger,
  });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), lines };
}
