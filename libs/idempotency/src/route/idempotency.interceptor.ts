import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, lastValueFrom, of } from 'rxjs';
import { fingerprintOf } from '../canonical-json.js';
import { IdempotencyPrincipalError } from '../idempotency.errors.js';
import type { IdempotentRequest, IdempotentRuns } from '../idempotent-runs.js';
import { keyOfRequest } from '../key-header.js';
import { type ReplyLike, type StoredResponse, applyOutcome } from '../stored-response.js';
import {
  IDEMPOTENT_ROUTE,
  type IdempotentRouteOptions,
  type RouteRequest,
  bindContext,
  patternOf,
  selectionOf,
} from './idempotent-route.js';

/** Injects the store of the keys. */
export const IDEMPOTENT_RUNS = Symbol('lethe.idempotency.runs');
/** Injects who calls a request; see IdempotentRoutesOptions. */
export const KEY_OWNER_OF = Symbol('lethe.idempotency.owner-of');

/** Whose key it is: from the token, never from what the client says. */
export interface KeyOwner {
  readonly tenant?: string;
  readonly principal: string;
}

/** What is read and said of an answer, in Fastify and in Express. */
interface RouteReply extends ReplyLike {
  readonly statusCode: number;
  getHeader(name: string): unknown;
}

/** Methods that do nothing twice, or are the same twice: a key there is ignored (I13). */
const KEYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);
const HEADERS = ['location', 'etag'] as const;

/** Does the work of `@Idempotent`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(IDEMPOTENT_RUNS) private readonly runs: IdempotentRuns,
    @Inject(KEY_OWNER_OF) private readonly ownerOf: (request: object) => KeyOwner | undefined,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<RouteRequest>(), http.getResponse<RouteReply>()];
    const options = this.#optionsOf(context);
    if (context.getType() !== 'http' || KEYLESS.has(request.method)) return next.handle();
    if (options.required === false && request.headers['idempotency-key'] === undefined) return next.handle();
    const outcome = await this.runs.run(this.#idempotentRequest(request, options), async (bound) => {
      bindContext(request, bound);
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      return answerOf(reply, body, options.headers ?? HEADERS);
    });
    return of(applyOutcome(reply, outcome));
  }

  #idempotentRequest(request: RouteRequest, { query }: IdempotentRouteOptions): IdempotentRequest {
    const key = keyOfRequest(request);
    const owner = this.ownerOf(request);
    if (owner === undefined) throw new IdempotencyPrincipalError();
    const scope = { ...owner, method: request.method, route: patternOf(request) };
    return { scope, key, fingerprint: fingerprintOf(request.body, selectionOf(request, query)) };
  }

  #optionsOf(context: ExecutionContext): IdempotentRouteOptions {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<IdempotentRouteOptions | undefined>(IDEMPOTENT_ROUTE, places) ?? {};
  }
}

/** What the handler has said of its answer by now. */
function answerOf(reply: RouteReply, body: unknown, names: readonly string[]): StoredResponse {
  const said = names.map((name) => [name, reply.getHeader(name)] as const);
  const headers = said.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body };
}
