import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What a stub of Lambda does when a function is invoked; a thrown error is the function's own. */
export type Behaviour = (payload: Record<string, unknown>, name: string) => unknown;

/** The Invoke API of Lambda, with functions of a test. */
export class FunctionsStub {
  /** Invocations that were begun, in order, as `name:step`. */
  readonly calls: string[] = [];
  behaviour: Behaviour = () => ({});
  /** What is answered in place of an invocation: 429 is throttling. */
  refusal: number | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      if (this.refusal !== undefined) {
        response.writeHead(this.refusal).end();
        return;
      }
      this.#answer(request.url ?? '', request)
        .then(([headers, body]) => response.writeHead(200, headers).end(body))
        .catch(() => response.destroy());
    });
  }

  static async start(): Promise<FunctionsStub> {
    const stub = new FunctionsStub();
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get url(): string {
    // It listens on TCP.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(url: string, request: AsyncIterable<unknown>): Promise<[Record<string, string>, string]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
    const name = /functions\/([\w-]+)\/invocations$/.exec(url)?.[1] ?? '';
    this.calls.push(`${name}:${String(payload['step'])}`);
    try {
      return [{}, JSON.stringify((await this.behaviour(payload, name)) ?? null)];
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return [{ 'x-amz-function-error': 'Unhandled' }, JSON.stringify({ errorType, errorMessage })];
    }
  }
}
