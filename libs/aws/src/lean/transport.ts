import { type IncomingHttpHeaders, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { AnswerTimeoutError, CallAbortedError } from '../aws.errors.js';
import type { BoundedHttpHandler } from '../http-handler.js';
import type { Headers } from './sign.js';

/** What is posted. */
export type Body = string | Buffer;

export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Codes that the SDK names a timeout. */
const TIMEOUT_CODES: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

const named = (error: Error): Error =>
  'code' in error && TIMEOUT_CODES.includes(error.code) ? Object.assign(error, { name: 'TimeoutError' }) : error;

/** Posts to `/` of one origin, over the sockets of an SDK client's handler and with its connect timeout. */
export class Transport {
  readonly host: string;
  readonly #secure: boolean;
  readonly #options: RequestOptions;
  readonly #connectTimeoutMs: number;

  constructor({ protocol, host, hostname, port }: URL, { agents, connectTimeoutMs }: BoundedHttpHandler) {
    this.host = host;
    this.#secure = protocol === 'https:';
    const agent = this.#secure ? agents.https : agents.http;
    this.#options = { method: 'POST', host: hostname.replaceAll(/[[\]]/g, ''), port, path: '/', agent };
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * Throws a `TimeoutError`, an `AbortError`, or what the socket says. The timeout, in milliseconds, is for the answer
   * to begin, a wait for a free socket included, and for each further part of it.
   */
  post(headers: Headers, body: Body, timeoutMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (signal?.aborted) {
        reject(new CallAbortedError(signal.reason));
        return;
      }
      // In a flat list the headers are written as they are, and the body goes out with them in one piece.
      const options = { ...this.#options, headers: Object.entries(headers).flat() };
      const request = (this.#secure ? httpsRequest : httpRequest)(options);
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
      const timer = setTimeout(() => fail(new AnswerTimeoutError('answer', timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      request.on('error', fail);
      request.once('socket', (socket) => this.#limitConnecting(socket, fail));
      request.once('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part) && timer.refresh());
        response.on('error', fail).once('end', () => {
          finish();
          resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
        });
      });
      request.end(body);
    });
  }

  /** A socket that was kept alive is connected already. */
  #limitConnecting(socket: Socket, fail: (error: Error) => void): void {
    if (!socket.connecting) return;
    const ms = this.#connectTimeoutMs;
    const timer = setTimeout(() => fail(new AnswerTimeoutError('connection', ms)), ms);
    for (const event of [this.#secure ? 'secureConnect' : 'connect', 'close'])
      socket.once(event, () => clearTimeout(timer));
  }
}
