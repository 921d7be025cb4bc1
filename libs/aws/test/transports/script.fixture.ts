import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type AwsClients, type AwsClientsOptions, type Transport, createClients } from '../../src/index.js';
import { type Endpoint, httpEndpoint } from '../endpoints.fixture.js';

/** Who carries out the hot calls; the suites run with both. */
export const TRANSPORTS: readonly Transport[] = ['lean', 'sdk'];

/** What a scripted server was asked. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** How a scripted server answers one request. */
export type Reply = (response: ServerResponse, asked: Asked) => void;

/** An answer in AWS JSON. */
export const reply =
  (status: number, body: object | string, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'request-1', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

export const resetConnection: Reply = (response) => void response.socket?.destroy();

const AWS_VARIABLES = /^AWS_/;

/** Servers that answer by a script, the last line again and again, and clients for them. Closed together. */
export class Stage {
  readonly #open: { close(): void | Promise<void> }[] = [];
  readonly #before = { ...process.env };

  /** Opens a server; the environment names it the endpoint of the hot services. */
  async server(...script: readonly Reply[]): Promise<Endpoint & { readonly asked: Asked[] }> {
    const asked: Asked[] = [];
    const endpoint = await httpEndpoint((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.once('end', () => {
        const text = Buffer.concat(parts).toString();
        const question = {
          path: request.url ?? '',
          headers: request.headers,
          body: JSON.parse(text || 'null') as unknown,
        };
        const act = script[Math.min(asked.length, script.length - 1)];
        asked.push(question);
        act?.(response, question);
      });
    });
    return Object.assign(this.endpoint(endpoint), { asked });
  }

  /** Makes this the endpoint of the hot services, as the environment says it. */
  endpoint<Any extends Endpoint>(endpoint: Any): Any {
    this.#open.push(endpoint);
    this.set({
      AWS_ENDPOINT_URL_SQS: endpoint.url,
      AWS_ENDPOINT_URL_KINESIS: endpoint.url,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint.url,
    });
    this.set({ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
    return endpoint;
  }

  /** Sets variables of the environment, or removes them, until the stage is closed. */
  set(variables: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }

  clients(options: Partial<AwsClientsOptions> = {}): AwsClients {
    const clients = createClients({ region: 'us-east-1', ...options });
    this.#open.push(clients);
    return clients;
  }

  async close(): Promise<void> {
    for (const each of this.#open.splice(0).toReversed()) await each.close();
    const added = Object.keys(process.env).filter((name) => AWS_VARIABLES.test(name) && !(name in this.#before));
    this.set({ ...Object.fromEntries(added.map((name) => [name, undefined])), ...this.#before });
  }
}

/** What a promise was rejected with. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('the call did not fail');
  return outcome;
}

/** The next connection that a server closes, or sees closed. */
export async function closed(response: ServerResponse): Promise<void> {
  if (!response.destroyed) await once(response, 'close');
}
