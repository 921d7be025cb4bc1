import { request as send, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { ProblemError } from '@lethe/kernel';
import { discardRest, readOnAfterFailedWrite } from './body.js';
import { hasBody, requestHeaders, responseHeaders } from './headers.js';
import { systemErrorCode } from '../system-error.js';
import { type TargetGroup } from './target-group.js';
import { type Target } from './target.js';

/** How long the proxy waits, in ms. */
export interface ProxyLimits {
  /** For a healthy target to appear. */
  readonly patienceMs: number;
  /** Without a byte in either direction, as the idle timeout of an ALB. */
  readonly idleTimeoutMs: number;
}

/** What came of one attempt; `unsent`: the target saw nothing of the request; `gone`: the client left. */
interface Attempt {
  readonly end: 'answered' | 'gone' | 'unsent' | 'broken' | 'timeout';
  /** For `broken`: what the system said. */
  readonly reason?: string;
}

/** How long a connection to a process on this machine may take, in ms. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Answers with problem+json (RFC 9457), unless the answer has begun. */
export function answerProblem(response: ServerResponse, problem: ProblemError): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem.toDetails());
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...problem.headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body, () => discardRest(response.req));
}

const noTarget = () =>
  new ProblemError(503, 'no-healthy-replica', {
    detail: 'No replica is ready to answer.',
    headers: { 'retry-after': '1' },
  });
const brokenOff = (reason: string) =>
  new ProblemError(502, 'replica-broke-off', {
    detail: `The replica broke off before it answered (${reason}); whether it acted is unknown.`,
    headers: { 'retry-after': '1' },
  });
const tooSlow = () => new ProblemError(504, 'replica-too-slow', { detail: 'The replica did not answer in time.' });

/**
 * Passes one request to a target and its answer back, streaming both ways.
 *
 * A request of which nothing was sent moves on to the next target; GET and HEAD are sent a second time, once, when the
 * first target broke off before its answer began (RFC 9110 9.2.2); anything else gets 502, because it may have acted.
 */
export async function proxy(
  request: IncomingMessage,
  response: ServerResponse,
  group: TargetGroup,
  limits: ProxyLimits,
): Promise<void> {
  const client = new AbortController();
  response.once('close', () => client.abort());
  const tried = new Set<Target>();
  const deadline = performance.now() + limits.patienceMs;
  let mayRepeat = (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request);
  for (;;) {
    const target = await group.next(tried, deadline - performance.now(), client.signal);
    if (client.signal.aborted) return;
    if (target === undefined || (tried.has(target) && performance.now() > deadline)) {
      return answerProblem(response, noTarget());
    }
    tried.add(target);
    const attempt = await attemptOn(target, request, response, limits, client.signal);
    if (attempt.end === 'answered' || attempt.end === 'gone') return;
    if (attempt.end === 'timeout') return answerProblem(response, tooSlow());
    if (attempt.end === 'unsent') target.markUnhealthy();
    else if (mayRepeat) mayRepeat = false;
    else return answerProblem(response, brokenOff(attempt.reason ?? attempt.end));
  }
}

async function attemptOn(
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  limits: ProxyLimits,
  client: AbortSignal,
): Promise<Attempt> {
  target.requestBegins();
  try {
    return await forward(target, request, response, limits, client);
  } finally {
    target.requestEnds();
  }
}

function forward(
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  limits: ProxyLimits,
  client: AbortSignal,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const upstream = send({
      agent: target.agent,
      host: target.url.hostname,
      port: target.url.port,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request),
      maxHeaderSize: 65_536,
    });
    const settle = (attempt: Attempt) => {
      client.removeEventListener('abort', onGone);
      request.unpipe(upstream);
      // Answered early: with the body cut short its connection is of no further use.
      if (!upstream.writableEnded) upstream.destroy();
      resolve(attempt);
    };
    const onGone = () => {
      settle({ end: 'gone' });
      upstream.destroy();
    };
    client.addEventListener('abort', onGone);
    let phase: 'connecting' | 'sent' | 'answering' = 'connecting';
    upstream.once('timeout', () => {
      settle({ end: phase === 'connecting' ? 'unsent' : 'timeout' });
      upstream.destroy();
    });
    upstream.on('error', (error) => {
      if (phase !== 'answering')
        settle({ end: phase === 'connecting' ? 'unsent' : 'broken', reason: systemErrorCode(error) ?? error.message });
    });
    whenConnected(upstream, () => {
      phase = 'sent';
      upstream.setTimeout(limits.idleTimeoutMs);
      if (hasBody(request)) request.pipe(upstream);
      else upstream.end();
    });
    upstream.once('response', (answer) => {
      phase = 'answering';
      answerWith(answer, request, response, () => settle({ end: 'answered' }));
    });
  });
}

/** Only with a connection does a byte leave: until then the request can go elsewhere, body and all. */
function whenConnected(upstream: ClientRequest, proceed: () => void): void {
  upstream.once('socket', (socket) => {
    readOnAfterFailedWrite(socket);
    if (!socket.connecting) return proceed();
    upstream.setTimeout(CONNECT_TIMEOUT_MS);
    socket.once('connect', proceed);
  });
}

function answerWith(
  answer: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
  done: () => void,
): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer));
  response.flushHeaders();
  answer.pipe(response);
  answer.once('error', () => {
    response.destroy();
    done();
  });
  response.once('finish', () => {
    done();
    discardRest(request);
  });
}
