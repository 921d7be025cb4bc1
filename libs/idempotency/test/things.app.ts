import type { Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { type Deferred, deferred } from '@lethe/testing';
import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  type DynamicModule,
  Get,
  HttpCode,
  Inject,
  type INestApplication,
  Module,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { IdempotencyClaim } from '../src/dynamodb/index.js';
import type { IdempotentRuns } from '../src/idempotent-runs.js';
import { Idempotent, IdempotentContext } from '../src/route/idempotent.decorator.js';
import { IdempotentRoutesModule } from '../src/route/idempotent-routes.module.js';
import type { ReplyLike } from '../src/stored-response.js';
import { EFFECT } from './fixture.js';

/** What the application has done, over all of its replicas. */
export class Effects {
  readonly done: unknown[] = [];
  /** Where set, work waits for it. */
  gate: Deferred<void> | undefined;
  began = deferred();

  reset(): void {
    this.done.length = 0;
    this.gate = undefined;
    this.began = deferred();
  }
}

class NamePipe {
  transform(body: { name?: unknown }): { name: string } {
    if (typeof body.name !== 'string') throw new BadRequestException('a thing has a name');
    return { name: body.name };
  }
}

@Controller('things')
@Idempotent({ query: ['kind'] })
class ThingsController {
  constructor(@Inject(Effects) private readonly effects: Effects) {}

  @Post()
  @HttpCode(202)
  async make(
    @Body(new NamePipe()) { name }: { name: string },
    @IdempotentContext() bound: Tx | IdempotencyClaim,
    @Res({ passthrough: true }) reply: ReplyLike,
  ) {
    const id = uuidv7();
    this.effects.began.resolve();
    await this.effects.gate?.promise;
    this.effects.done.push(bound);
    reply.header('location', `/things/${id}`);
    reply.header('x-other', 'not kept');
    return { id, name };
  }

  @Post('broken')
  break(): never {
    this.effects.done.push('half');
    throw new Error('broke');
  }

  /** On Postgres alone. */
  @Post('written')
  async write(@Body() { name }: { name: string }, @IdempotentContext() tx: Tx) {
    await tx.query(EFFECT, [uuidv7()]);
    if (name === 'broken') throw new Error('broke');
    return { name };
  }

  @Post(':id/parts')
  part(@Param('id') id: string) {
    return { id, part: this.effects.done.push(id) };
  }

  @Post('open')
  @Idempotent({ required: false })
  open() {
    return { done: this.effects.done.push('open') };
  }

  @Get()
  count() {
    return { done: this.effects.done.push('read') };
  }

  @Delete(':id')
  remove() {
    return { done: this.effects.done.push('removed') };
  }
}

export const ADAPTERS = { Fastify: () => new FastifyAdapter(), Express: () => new ExpressAdapter() };

/** A request to {@link ThingsApp}; the key and whose it is are headers. */
export interface Asked {
  readonly key?: string;
  readonly user?: string | undefined;
  readonly tenant?: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly path?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly replayed: boolean;
}

/** One replica of an application that knows nothing of Lethe but this package. */
export class ThingsApp {
  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  /** Without `runs`, `imports` must provide them. */
  static async start(
    runs: IdempotentRuns | undefined,
    effects: Effects,
    adapter: keyof typeof ADAPTERS,
    imports: readonly DynamicModule[] = [],
  ): Promise<ThingsApp> {
    const ownerOf = (request: object) => ownerIn((request as { headers: Record<string, string | undefined> }).headers);
    @Module({
      imports: [...imports, IdempotentRoutesModule.forRoot({ ownerOf, ...(runs && { runs }) })],
      controllers: [ThingsController],
      providers: [{ provide: Effects, useValue: effects }],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, ADAPTERS[adapter](), { logger: false });
    await app.listen(0, '127.0.0.1');
    return new ThingsApp(app, await app.getUrl());
  }

  async ask(asked: Asked = {}): Promise<Answered> {
    const { key, user = 'alice', tenant, body = { name: 'one' }, method = 'POST', path = '/things' } = asked;
    const sent = method === 'POST' ? { body: JSON.stringify(body) } : {};
    const headers = {
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(user === '' ? {} : { 'x-user': user }),
      ...(tenant === undefined ? {} : { 'x-tenant': tenant }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const answer = await fetch(this.url + path, { method, headers, ...sent });
    const replayed = answer.headers.get('idempotency-replayed') === 'true';
    return { status: answer.status, headers: answer.headers, body: await answer.json(), replayed };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

function ownerIn({ 'x-user': principal, 'x-tenant': tenant }: Record<string, string | undefined>) {
  if (principal === undefined) return undefined;
  return { principal, ...(tenant === undefined ? {} : { tenant }) };
}
