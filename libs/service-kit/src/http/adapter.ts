import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { problemOfStatus } from '@lethe/kernel';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyHttpOptions } from 'fastify';
import { type BaseConfig } from '../config.js';
import { PROBLEM_TYPE, problemBody, problemOf } from './problem-of.js';

/** Idle timeout of the load balancer in seconds (ALB's default); the service must be the one that waits longer (R03). */
export const BALANCER_IDLE_SECONDS = 60;
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 80_000;

type HttpConfig = Pick<BaseConfig, 'BODY_LIMIT_BYTES' | 'INSTANCE_ID' | 'REQUEST_TIMEOUT_MS' | 'TRUSTED_PROXY_HOPS'>;

/** Fastify with the limits and timeouts of a service behind a balancer. */
export function createAdapter(config: HttpConfig): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: config.BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    trustProxy: (_address: string, hop: number) => hop < config.TRUSTED_PROXY_HOPS,
    forceCloseConnections: 'idle',
    // A request that still comes while connections close is answered, not refused.
    return503OnClosing: false,
    // Nest's middleware engine is not used: it costs every request.
    skipMiddie: true,
    multipart: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: answerUnroutable(config.INSTANCE_ID),
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) =>
      answerMalformed(error.code, socket, config.INSTANCE_ID),
  });
  adapter.getInstance().server.headersTimeout = HEADERS_MS;
  return adapter;
}

/** Headers of answers that no hook sees. */
const BARE_HEADERS = { 'content-type': PROBLEM_TYPE, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** What the router refuses never reaches a hook or Nest. */
function answerUnroutable(instance: string): NonNullable<FastifyHttpOptions<Server>['frameworkErrors']> {
  return (error, _request, reply) => {
    const problem = problemOf(error);
    reply.hijack();
    reply.raw.writeHead(problem.status, { ...BARE_HEADERS, 'x-instance': instance }).end(problemBody(problem));
  };
}

const STATUS_OF: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** What is no HTTP never becomes a request: it is answered on the socket, which then closes. */
function answerMalformed(code: string | undefined, socket: Socket, instance: string): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = STATUS_OF[code ?? ''] ?? [400, 'Bad Request'];
  const body = problemBody(problemOfStatus(status));
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    ...Object.entries(BARE_HEADERS).map((header) => header.join(': ')),
    `content-length: ${Buffer.byteLength(body)}`,
    `x-instance: ${instance}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
