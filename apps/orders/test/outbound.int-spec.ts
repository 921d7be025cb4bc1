import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceTokens, makeServiceKey } from '@lethe/identity';
import { CatalogClient } from '../src/catalog/catalog.client.js';
import { CatalogStub } from './catalog-stub.js';
import { OutboundHttp } from '../src/outbound/outbound-http.js';
import { StripeHttp } from '../src/payment/stripe/stripe.http.js';

const limits = { connectTimeoutMs: 1_000, requestTimeoutMs: 1_000, connections: 1 };

describe('requests to other services', () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(307, { location: 'http://169.254.170.2/v2/credentials' }).end('{}');
  });
  let port = 0;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    seen.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('S46: go to catalog where the configuration says it is, and follow no redirect', async () => {
    const http = new OutboundHttp({ ...limits, baseUrl: `http://127.0.0.1:${port}` });

    const answer = await http.send({ method: 'POST', path: '//169.254.170.2/v2/credentials', body: {} });
    await http.close();

    expect(answer.status).toBe(307);
    expect(seen).toEqual(['POST //169.254.170.2/v2/credentials']);
  });

  it('S46: go to the payment provider, and follow no redirect', async () => {
    const http = new StripeHttp({ connectTimeoutMs: 1_000, connections: 1 });

    const answer = await http.makeRequest('127.0.0.1', String(port), '/v1/refunds', 'GET', {}, '', 'http', 1_000);
    await http.close();

    expect(answer.getStatusCode()).toBe(307);
    expect(seen).toEqual(['GET /v1/refunds']);
  });
});

describe('quotes', () => {
  it('ask once for what orders want at the same moment, and give each its own', async () => {
    const stub = await CatalogStub.start();
    const { privateJwk } = makeServiceKey('orders');
    const catalog = new CatalogClient(
      stub.url,
      new ServiceTokens({ service: 'orders', key: JSON.stringify(privateJwk) }),
    );
    const [lamp, chair, unknown] = [stub.add(100), stub.add(200), '019d0c5e-7a3c-7f00-8000-00000000dead'];

    const quotes = await Promise.all([[lamp], [chair, lamp], [unknown, lamp]].map((ids) => catalog.quote(ids)));
    await catalog.close();
    await stub.stop();

    expect(quotes.map(({ items }) => items.map(({ id }) => id))).toEqual([[lamp], [chair, lamp], [lamp]]);
    expect(quotes.map(({ missing }) => missing)).toEqual([[], [], [unknown]]);
    expect(stub.requests).toBe(1);
  });
});
