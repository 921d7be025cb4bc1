import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Quote, quoteRequestSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';

/** Stands for the neighbour service: answers `POST /catalog/quotes`, and fails when told to. */
export class CatalogStub {
  readonly products = new Map<string, Quote['items'][number]>();
  readonly traceparents: (string | undefined)[] = [];
  requests = 0;
  /** What the next requests meet instead of an answer; `drop` closes the connection, `hang` never answers. */
  failures: (number | 'drop' | 'hang')[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<CatalogStub> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const stub = new CatalogStub(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        stub.requests += 1;
        stub.traceparents.push(request.headers['traceparent']?.toString());
        const failure = stub.failures.shift();
        if (failure === 'drop') request.socket.destroy();
        else if (typeof failure === 'number') response.writeHead(failure).end();
        else if (failure === undefined) {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
          response.setHeader('content-type', 'application/json').end(JSON.stringify(stub.quote(body)));
        }
      });
    });
    return stub;
  }

  add(amount: number, currency = 'GBP', name = 'Lamp'): string {
    const id = uuidv7();
    this.products.set(id, { id, sku: `SKU-${this.products.size}`, name, price: { amount, currency } });
    return id;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private quote(body: unknown): Quote {
    const { productIds } = quoteRequestSchema.parse(body);
    return {
      items: productIds.flatMap((id) => this.products.get(id) ?? []),
      missing: productIds.filter((id) => !this.products.has(id)),
    };
  }
}
