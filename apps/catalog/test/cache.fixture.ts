import { type Product, productPageSchema, productSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import type { Topology } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';

type Headers = Record<string, string>;

/** Several replicas of the service on one database and one Valkey. */
export class CachedCatalog {
  private constructor(
    readonly catalog: CatalogFixture,
    readonly topology: Topology,
    readonly apps: readonly NestFastifyApplication[],
    private readonly urls: readonly string[],
    private readonly admin: Headers,
  ) {}

  static async start(valkeyUrl: string, env: Readonly<Record<string, string>> = {}): Promise<CachedCatalog> {
    const catalog = await CatalogFixture.create();
    const topology = await provision(catalog);
    const settings = { VALKEY_URL: valkeyUrl, MAX_IN_FLIGHT: '1000', ...env };
    const apps = await Promise.all([1, 2, 3].map(() => startReplica(catalog, topology, {}, settings)));
    const urls = await Promise.all(apps.map((app) => app.getUrl()));
    return new CachedCatalog(catalog, topology, apps, urls, await bearer('admin'));
  }

  /** Asks one of the replicas, as an admin unless other headers are given. */
  send(at: number, method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Response> {
    const content = body === undefined ? {} : { 'content-type': 'application/json', ...this.admin };
    return fetch(`${this.urls[at % this.urls.length]}/catalog/${path}`, {
      method,
      headers: { ...content, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A new product with so many units, through the front door; its id. */
  async add(available: number): Promise<string> {
    const body = { sku: uuidv7(), name: 'Lantern', price: { amount: 250, currency: 'GBP' }, available };
    return productSchema.parse(await (await this.send(0, 'POST', 'products', body)).json()).id;
  }

  /** Removes as an admin. */
  async remove(at: number, id: string): Promise<void> {
    const response = await this.send(at, 'DELETE', `products/${id}`, undefined, { ...this.admin, 'if-match': '*' });
    if (response.status !== 204) throw new Error(`DELETE answered ${response.status}`);
  }

  async product(at: number, id: string): Promise<Product> {
    const response = await this.send(at, 'GET', `products/${id}`);
    if (response.status !== 200) throw new Error(`GET answered ${response.status}`);
    return productSchema.parse(await response.json());
  }

  async page(at: number, query = 'limit=100'): Promise<readonly Product[]> {
    return productPageSchema.parse(await (await this.send(at, 'GET', `products?${query}`)).json()).items;
  }

  /** Sets a price as a replica would that dies after its commit: nobody is told. */
  async priceBehindTheBack(id: string, amount: number): Promise<void> {
    await this.catalog.query(`UPDATE product SET price_amount = ${amount}, version = version + 1 WHERE id = $1`, [id]);
  }

  /** How often it happened on all replicas, from their /metrics. */
  async events(policy: string, event: string): Promise<number> {
    const texts = await Promise.all(this.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const sample = new RegExp(`^cache_events_total\\{[^}]*policy="${policy}",event="${event}"[^}]*\\} (\\d+)$`, 'm');
    return texts.reduce((sum, text) => sum + Number(sample.exec(text)?.[1] ?? 0), 0);
  }

  async stop(): Promise<void> {
    for (const app of this.apps) {
      await app.close();
      await app.get(Database).close();
    }
    await this.catalog.close();
  }
}
