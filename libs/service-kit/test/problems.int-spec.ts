import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Demo, startDemo, token } from './demo-service.js';

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail?: string;
  readonly traceId?: string;
  readonly errors?: readonly { pointer: string }[];
}

describe('a request that cannot be answered', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo({ BODY_LIMIT_BYTES: '1000' });
  });
  afterAll(() => demo.app.close());

  async function problem(path: string, init: RequestInit = {}): Promise<Problem> {
    const response = await fetch(demo.url + path, init);
    const body = (await response.json()) as Problem;
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('x-instance')).toBe('demo-1');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(body.status).toBe(response.status);
    return body;
  }
  const post = (body: string, type = 'application/json') => ({
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  /** Bytes as they are, to a socket; what comes back. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(demo.url).port), '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  it('names each faulty member of a body with a JSON pointer, inside the union member that was meant', async () => {
    const id = '9b2c7a52-0d3b-4c9e-8f7a-0a6f3b6a1c11';
    const body = {
      items: [
        { productId: id, quantity: 0 },
        { productId: 'x', quantity: 1 },
      ],
      token: 't',
    };

    const { status, errors } = await problem('/demo/orders', post(JSON.stringify(body)));

    expect(status).toBe(400);
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/items/0/quantity', '/items/1/productId']);
  });

  it('names an unknown member of a strict body (S39)', async () => {
    const { errors } = await problem('/demo/orders', post('{"fromCart":true,"token":"t","role":"admin"}'));

    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/role']);
  });

  it('names a faulty query parameter, also one given twice or not known', async () => {
    expect((await problem('/demo/open?limit=1000')).errors).toMatchObject([{ pointer: '#query/limit' }]);
    expect((await problem('/demo/open?q=a&q=b')).errors).toMatchObject([{ pointer: '#query/q' }]);
    expect((await problem('/demo/open?nope=1')).errors).toMatchObject([{ pointer: '#query/nope' }]);
  });

  it('is 404 where a path names nothing', async () => {
    expect(await problem('/demo/things/not-a-uuid')).toMatchObject({ status: 404, errors: [{ pointer: '#path/id' }] });
    expect((await problem('/nowhere?secret=1')).status).toBe(404);
    expect((await problem('/demo/open', { method: 'DELETE' })).status).toBe(404);
  });

  it('is 400 for a body that is no JSON, is missing, is too deep, or names a member twice or a prototype (S43)', async () => {
    const bodies = [
      '{"a":',
      '',
      '['.repeat(40) + ']'.repeat(40),
      '{"token":"a","t\\u006fken":"b"}',
      '{"__proto__":{}}',
    ];

    for (const body of bodies) expect((await problem('/demo/orders', post(body))).status).toBe(400);
    expect((await problem('/demo/orders', post('{"constructor":{"prototype":{}}}'))).status).toBe(400);
  });

  it('is 415 for another content type and 413 for too large a body (R11)', async () => {
    expect((await problem('/demo/orders', post('a=b', 'application/x-www-form-urlencoded'))).status).toBe(415);
    expect((await problem('/demo/orders', post('text', 'text/plain'))).status).toBe(415);
    expect((await problem('/demo/orders', post('a,b', 'text/csv'))).status).toBe(415);
    expect((await problem('/demo/imports', post('{}'))).status).toBe(415);
    expect((await problem('/demo/orders', post(JSON.stringify('x'.repeat(1000))))).status).toBe(413);
  });

  it('S37: needs a token unless the route is public, and the role that the route names', async () => {
    expect(await problem('/demo/mine')).toMatchObject({ status: 401 });
    const headers = { authorization: `Bearer ${await token('analyst')}` };
    expect(await problem('/demo/admin', { headers })).toMatchObject({ status: 403 });
    expect(
      (await fetch(`${demo.url}/demo/admin`, { headers: { authorization: `Bearer ${await token('admin')}` } })).status,
    ).toBe(200);
  });

  it('S48: tells nothing of an unexpected error but the trace under which it is logged', async () => {
    const body = await problem('/demo/broken');

    expect(body).toEqual({
      type: 'urn:lethe:problem:internal-error',
      title: 'Internal error',
      status: 500,
      traceId: expect.any(String),
    });
    const logged = demo.lines.find(({ msg }) => msg === 'request failed');
    expect(logged).toMatchObject({ traceId: body.traceId, err: { message: expect.stringContaining('select') } });
  });

  it('is a problem also where the path cannot be decoded', async () => {
    expect((await problem('/demo/things/%zz')).status).toBe(400);
    expect((await problem(`/demo/things/${'a'.repeat(300)}`)).status).toBe(414);
  });

  it('is a problem also where the bytes are no HTTP', async () => {
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*x-instance: demo-1[^]*"status":400/);
    expect(await raw(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 [^]*problem\+json/);
  });
});
