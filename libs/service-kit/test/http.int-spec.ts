import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { InFlight } from '../src/http/in-flight.js';
import { ReadinessRegistry } from '../src/observe/readiness.js';
import { type Demo, gate, startDemo, token } from './demo-service.js';

describe('a service over HTTP', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo({ MAX_IN_FLIGHT: '2', BODY_TIMEOUT_MS: '500' });
  });
  afterAll(() => demo.app.close());

  it('R35: runs the handler in the trace of the caller, before and after a body is read, and logs it', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'content-type': 'application/json' };

    const read = await fetch(`${demo.url}/demo/open`, { headers });
    const sent = await fetch(`${demo.url}/demo/orders`, {
      method: 'POST',
      headers,
      body: '{"fromCart":true,"token":"t"}',
    });

    expect(await read.json()).toMatchObject({ traceId });
    expect(await sent.json()).toMatchObject({ traceId });
    expect(sent.headers.get('x-trace-id')).toBe(traceId);
    await eventually(() =>
      expect(demo.lines).toContainEqual(
        expect.objectContaining({ msg: 'request', route: '/demo/orders', status: 202, traceId, service: 'demo' }),
      ),
    );
  });

  it('S60: logs neither query nor token, and neutralises line breaks', async () => {
    const bearer = await token('admin');
    await fetch(`${demo.url}/demo/open?q=secret-in-query%0D%0Ax`, { headers: { authorization: `Bearer ${bearer}` } });
    await fetch(`${demo.url}/demo/things/a%0D%0Ab`);

    await eventually(() => expect(demo.lines.filter(({ path }) => String(path).includes('a%0D%0Ab'))).toHaveLength(1));
    expect(JSON.stringify(demo.lines)).not.toContain('secret-in-query');
    expect(JSON.stringify(demo.lines)).not.toContain(bearer);
  });

  it('S49: answers with its name and safe headers, and without x-powered-by', async () => {
    const shown = await fetch(`${demo.url}/demo/open`);
    const own = await fetch(`${demo.url}/demo/mine`, { headers: { authorization: `Bearer ${await token()}` } });

    expect(shown.headers.get('x-instance')).toBe('demo-1');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(shown.headers.get('cache-control')).toBe('no-cache');
    expect(shown.headers.has('x-powered-by')).toBe(false);
    expect(own.headers.get('cache-control')).toBe('no-store');
  });

  it('R03: keeps idle connections longer than the balancer does, and bounds each request', () => {
    const server = demo.app.getHttpServer();

    expect(server.keepAliveTimeout).toBeGreaterThan(60_000);
    expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
    expect(server.requestTimeout).toBeGreaterThan(0);
  });

  it('R10: refuses at once what is above its limit with 503 and retry-after, and never its health', async () => {
    const [first, second] = [gate('a'), gate('b')];
    const held = [fetch(`${demo.url}/demo/slow/a`), fetch(`${demo.url}/demo/slow/b`)];
    await Promise.all([first.entered.promise, second.entered.promise]);

    const refused = await fetch(`${demo.url}/demo/open`);
    const health = await fetch(`${demo.url}/health/ready`);
    const metrics = await (await fetch(`${demo.url}/metrics`)).text();
    first.open.resolve();
    second.open.resolve();

    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(health.status).toBe(200);
    expect(metrics).toMatch(/http_server_requests_shed_total\{[^}]*\} 1/);
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    await eventually(async () => expect((await fetch(`${demo.url}/demo/open`)).status).toBe(200));
  });

  it('R10: a client that goes away gives its place back', async () => {
    const [first, second] = [gate('c'), gate('d')];
    const gone = new AbortController();
    const held = ['c', 'd'].map((name) => fetch(`${demo.url}/demo/slow/${name}`, { signal: gone.signal }));
    await Promise.all([first.entered.promise, second.entered.promise]);

    gone.abort();
    await Promise.allSettled(held);

    await eventually(async () => expect((await fetch(`${demo.url}/demo/open`)).status).toBe(200));
    first.open.resolve();
    second.open.resolve();
  });

  it('R10: a long answer holds a place only until it begins, and how long it takes is no latency', async () => {
    const gone = new AbortController();
    const open = () => fetch(`${demo.url}/demo/events`, { signal: gone.signal });
    const answers = [await open(), await open(), await open()];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(demo.app.get(InFlight).count).toBe(0);
    gone.abort();
    await eventually(() => expect(demo.lines.filter(({ route }) => route === '/demo/events')).toHaveLength(3));
    expect(demo.app.get(InFlight).count).toBe(0);
    expect(await (await fetch(`${demo.url}/metrics`)).text()).not.toContain('route="/demo/events"');
  });

  it('R11: cuts off a body that comes too slowly, and gives its place back', async () => {
    const socket = connect(Number(new URL(demo.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /demo/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );

    await once(socket, 'close');

    await eventually(() => expect(demo.app.get(InFlight).count).toBe(0));
  });

  it('R09: lives whatever its dependencies do, and is ready only while they answer', async () => {
    const readiness = demo.app.get(ReadinessRegistry);
    let down = true;
    readiness.add('database', () => (down ? Promise.reject(new Error('at db.internal:5432')) : Promise.resolve()));

    const unready = await fetch(`${demo.url}/health/ready`);
    const live = await fetch(`${demo.url}/health/live`);
    down = false;

    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ status: 'unready', checks: { database: 'failed' } });
    expect(live.status).toBe(200);
    await eventually(async () => expect((await fetch(`${demo.url}/health/ready`)).status).toBe(200));
  });

  it('R12: reports event loop delay, heap, and durations by route', async () => {
    const metrics = await (await fetch(`${demo.url}/metrics`)).text();

    expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(metrics).toContain('nodejs_heap_size_used_bytes');
    expect(metrics).toMatch(/http_server_request_duration_seconds_count\{[^}]*route="\/demo\/open"[^}]*\} \d/);
    expect(metrics).not.toContain('/health');
  });

  it('S50: believes one hop of X-Forwarded-For, so that a client cannot choose its address', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' };

    expect(await (await fetch(`${demo.url}/demo/ip`, { headers })).json()).toEqual({ ip: '203.0.113.7' });
  });

  it('streams a body of any size to a route that asks for it', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'a');
    const upload = request(`${demo.url}/demo/imports`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      agent: new Agent(),
    });
    const answered = new Promise<NodeJS.ReadableStream>((resolve) => upload.once('response', resolve));

    Readable.from(Array.from({ length: 48 }, () => chunk)).pipe(upload);

    expect(await json(await answered)).toEqual({ bytes: 48 * chunk.byteLength });
  });

  it('describes itself in OpenAPI 3.1 with components, security and problems', async () => {
    const document = (await (await fetch(`${demo.url}/demo/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { security?: unknown; responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    };

    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/demo/open']?.['get']?.security).toEqual([]);
    expect(document.paths['/demo/admin']?.['get']).toMatchObject({
      security: [{ bearer: [] }],
      responses: { 401: {}, 403: {} },
    });
    expect(document.components.schemas['DemoItem']).toMatchObject({ required: ['productId', 'quantity'] });
    expect(JSON.stringify(document)).not.toContain('#/$defs');
    const page = await fetch(`${demo.url}/demo/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
    expect((await fetch(`${demo.url}/demo/docs/swagger-ui-bundle.js`)).status).toBe(200);
  });

  it('answers HEAD like GET', async () => {
    expect((await fetch(`${demo.url}/demo/open`, { method: 'HEAD' })).status).toBe(200);
  });
});
