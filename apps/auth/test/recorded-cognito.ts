import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** One call and its answer. A request may hold more than is written here, except within what is written. */
interface Exchange {
  readonly operation: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly response: object;
}

/**
 * Plays exchanges with Cognito, in their order, over the wire that the SDK speaks. They are written after the API reference
 * and the models of the SDK, for what cognito-local does not have; whatever is not expected is answered with 500.
 */
export class RecordedCognito {
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request).then(
      ({ status, response: body }) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body)),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  #left: Exchange[] = [];
  readonly unexpected: string[] = [];

  /** Starts, and gives the endpoint. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Loads the exchanges of `exchanges/<name>.json`. */
  play(name: string): void {
    const file = join(import.meta.dirname, 'exchanges', `${name}.json`);
    this.#left = JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
  }

  /** Exchanges that did not take place yet. */
  get left(): number {
    return this.#left.length;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage): Promise<Pick<Exchange, 'status' | 'response'>> {
    const operation = String(request.headers['x-amz-target']).replace('AWSCognitoIdentityProviderService.', '');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
    const next = this.#left.shift();
    if (next?.operation === operation && holds(body, next.request)) return next;
    this.unexpected.push(`${operation} ${JSON.stringify(body)}`);
    return { status: 500, response: { __type: 'InternalErrorException', message: 'no such exchange was recorded' } };
  }
}

function holds(body: Readonly<Record<string, unknown>>, expected: Exchange['request']): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const sent = body[name];
    if (name !== 'ChallengeResponses') return isDeepStrictEqual(sent, value);
    return Object.entries(value as object).every(([key, text]) => (sent as Record<string, unknown>)[key] === text);
  });
}
