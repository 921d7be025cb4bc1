import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { AnswerTimeoutError, CallAbortedError } from '../aws.errors.js';
import type { BoundedHttpHandler } from '../http-handler.js';
import type { Header } from './sign.js';

export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Limits {
  /** Milliseconds until the answer begins, a wait for a free socket included; and between two parts of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Codes that the SDK names a timeout. */
const TIMEOUT_CODES: readonly unknown[] = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'];

const named = (error: Error): Error =>
  'code' in error && TIMEOUT_CODES.includes(error.code) ? Object.assign(error, { name: 'TimeoutError' }) : error;

const timeoutOf = (what: string, ms: number): Error => new AnswerTimeoutError(`no ${what} within ${ms} ms`);

/** Posts to `/` of one origin, over the sockets of an SDK client's handler and with its connect timeout. */
export class Transport {
  readonly #secure: boolean;
  readonly #options: RequestOptions;
  readonly #connectTimeoutMs: number;

  constructor({ protocol, hostname, port }: URL, { agents, connectTimeoutMs }: BoundedHttpHandler) {
    this.#secure = protocol === 'https:';
    const agent = this.#secure ? agents.https : agents.http;
    this.#options = { method: 'POST', host: hostname.replaceAll(/[[\]]/g, ''), port, path: '/', agent };
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** Throws a `TimeoutError`, an `AbortError`, or what the socket says. */
  post(headers: readonly Header[], body: string, { timeoutMs, signal }: Limits): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      // Flat, they are written as they are, and the text goes out with them in one piece.
      const request = (this.#secure ? httpsRequest : httpRequest)({ ...this.#options, headers: headers.flat() });
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const fail = (error: Error): void => {
        finish();
        reject(named(error));
        request.destroy();
      };
      const abort = (): void => fail(new CallAbortedError(signal?.reason));
      const timer = setTimeout(() => fail(timeoutOf('answer', timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      request.on('error', fail);
      request.once('socket', (socket) => this.#limitConnecting(socket, fail));
      request.once('response', (response) => {
        response.on('error', fail);
        response.on('data', () => timer.refresh());
        collect(response, (text) => {
          finish();
          resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      request.end(body);
    });
  }

  /** A socket that was kept alive is connected already. */
  #limitConnecting(socket: Socket, fail: (error: Error) => void): void {
    if (!socket.connecting) return;
    const timer = setTimeout(() => fail(timeoutOf('connection', this.#connectTimeoutMs)), this.#connectTimeoutMs);
    const stop = (): void => clearTimeout(timer);
    socket.once(this.#secure ? 'secureConnect' : 'connect', stop).once('close', stop);
  }
}

function collect(response: IncomingMessage, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => void parts.push(part));
  response.once('end', () => done(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
}
