import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { deferred, eventually } from '@lethe/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startBalancer, type Balancer, type BalancerOptions } from '../src/balancer/balancer.js';
import { replicaServer, type ReplicaServer } from './support/replica-server.js';

describe('balancer', () => {
  const replicas: ReplicaServer[] = [];
  let balancer: Balancer | undefined;

  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.kill()));
    await balancer?.stop();
  });

  /** A balancer with the replicas `orders-1`, `orders-2`, ... registered. */
  async function start(
    handlers: Parameters<typeof replicaServer>[1][],
    options: Partial<BalancerOptions> = {},
  ): Promise<{ url: string; balancer: Balancer; replicas: ReplicaServer[] }> {
    const routes = [{ prefix: '/orders', service: 'orders' }];
    const started = await startBalancer({ port: 0, routes, healthIntervalMs: 50, patienceMs: 300, ...options });
    balancer = started;
    for (const [index, handler] of handlers.entries()) {
      const replica = await replicaServer(`orders-${index + 1}`, handler);
      replicas.push(replica);
      await started.register({ service: 'orders', id: `orders-${index + 1}`, url: replica.url });
    }
    return { url: started.url, balancer: started, replicas: [...replicas] };
  }

  it('lets replicas take turns over one connection of one client: no affinity', async () => {
    const { url, balancer } = await start([undefined, undefined, undefined]);

    const answers: string[] = [];
    for (let i = 0; i < 6; i++) {
      const response = await fetch(`${url}/orders`, { headers: { cookie: 'AWSALB=orders-1' } });
      answers.push(await response.text());
    }

    expect(answers.slice(0, 3).toSorted()).toEqual(['orders-1', 'orders-2', 'orders-3']);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
    expect(balancer.status()).toEqual(
      [1, 2, 3].map((n) => expect.objectContaining({ id: `orders-${n}`, health: 'healthy', requests: 2, inFlight: 0 })),
    );
  });

  it('moves a request on, body and all, when nothing listens at its target any more', async () => {
    const echo: Parameters<typeof replicaServer>[1] = (incoming, response) => void incoming.pipe(response);
    const { url, replicas } = await start([echo, echo], { healthIntervalMs: 60_000 });
    await replicas[0]?.kill();

    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((body) => fetch(`${url}/orders`, { method: 'POST', body }).then((r) => r.text())),
    );

    expect(answers).toEqual(['a', 'b', 'c', 'd']);
  });

  it('repeats a GET once on another replica when the first broke off before it answered', async () => {
    const breakOff: Parameters<typeof replicaServer>[1] = (incoming) => incoming.socket.destroy();
    const { url, replicas } = await start([breakOff, undefined]);

    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await fetch(`${url}/orders`)).status);

    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(replicas[1]?.seen).toHaveLength(4);
    expect(replicas[0]?.seen.length).toBeLessThanOrEqual(4);
  });

  it('answers 502 when two replicas break off a GET', async () => {
    const breakOff: Parameters<typeof replicaServer>[1] = (incoming) => incoming.socket.destroy();
    const { url, replicas } = await start([breakOff, breakOff, breakOff]);

    const response = await fetch(`${url}/orders`);

    expect(response.status).toBe(502);
    expect(replicas.flatMap(({ seen }) => seen)).toHaveLength(2);
  });

  it('never sends a POST twice: 502 problem+json when its replica broke off', async () => {
    const breakOff: Parameters<typeof replicaServer>[1] = (incoming) => {
      incoming.once('data', () => incoming.socket.destroy());
    };
    const { url, replicas } = await start([breakOff, breakOff]);

    const response = await fetch(`${url}/orders`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ status: 502, type: 'urn:lethe:problem:replica-broke-off' });
    expect(replicas.flatMap(({ seen }) => seen)).toHaveLength(1);
  });

  it('answers 503 problem+json with retry-after when no replica becomes healthy in time', async () => {
    const { url, replicas } = await start([undefined]);
    await replicas[0]?.kill();

    const response = await fetch(`${url}/orders`);

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ status: 503 });
  });

  it('holds a request until a replica becomes ready', async () => {
    const { url, balancer, replicas } = await start([undefined], { patienceMs: 20_000 });
    const [replica] = replicas;
    if (replica === undefined) throw new Error('no replica');
    replica.readiness = 503;
    await eventually(() => expect(balancer.status()[0]?.health).toBe('unhealthy'));

    const answer = fetch(`${url}/orders`);
    replica.readiness = 200;

    expect((await answer).status).toBe(200);
  });

  it('sends a deregistered replica nothing new, and lets it finish what it has', async () => {
    const release = deferred();
    const arrived = deferred();
    const slow: Parameters<typeof replicaServer>[1] = (_incoming, response) => {
      arrived.resolve();
      void release.promise.then(() => response.end('finished'));
    };
    const { url, balancer } = await start([slow]);
    const next = await replicaServer('next');
    replicas.push(next);
    const inFlight = fetch(`${url}/orders`, { method: 'POST' });
    await arrived.promise;
    await balancer.register({ service: 'orders', id: 'next', url: next.url });

    const deregistered = balancer.deregister('orders-1');
    const others = await Promise.all([1, 2, 3].map(() => fetch(`${url}/orders`).then((r) => r.text())));
    const whileDraining = balancer.status();
    release.resolve();
    const finished = await inFlight.then((r) => r.text());
    await deregistered;

    expect(others).toEqual(['next', 'next', 'next']);
    expect(whileDraining[0]).toMatchObject({ id: 'orders-1', health: 'draining', inFlight: 1 });
    expect(finished).toBe('finished');
    expect(balancer.status().map(({ id }) => id)).toEqual(['next']);
  });

  it('strips hop-by-hop fields and says itself where a request came from (S50)', async () => {
    const { url, replicas } = await start([
      (_incoming, response) => {
        response.writeHead(
          201,
          [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['x-instance', 'orders-1'],
            ['connection', 'x-secret'],
            ['x-secret', '1'],
            ['keep-alive', 'timeout=1'],
            ['content-length', '2'],
          ].flat(),
        );
        response.end('ok');
      },
    ]);
    const client = request(`${url}/orders?a=1`, {
      method: 'POST',
      headers: {
        connection: 'keep-alive, x-private',
        'x-private': '1',
        te: 'trailers',
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.test',
        forwarded: 'for=203.0.113.9',
        'idempotency-key': ['one', 'two'],
        expect: '100-continue',
        host: 'shop.test',
      },
    });
    client.once('continue', () => client.end('body'));
    client.flushHeaders();
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    const body = await text(response);

    const seen = replicas[0]?.seen[0];
    expect(seen?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.test',
      host: 'shop.test',
    });
    expect(seen?.headersDistinct['idempotency-key']).toEqual(['one', 'two']);
    for (const name of ['x-private', 'te', 'forwarded', 'expect']) expect(seen?.headers).not.toHaveProperty([name]);
    expect(response.statusCode).toBe(201);
    expect(body).toBe('ok');
    expect(response.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-instance': 'orders-1' });
    expect(response.headers).not.toHaveProperty('x-secret');
    expect(response.headers['keep-alive']).not.toBe('timeout=1');
  });

  it('takes a body no faster than the replica reads it: constant memory for any size', async () => {
    const total = 96 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024, 1);
    const mayRead = deferred();
    const { url } = await start([
      (incoming, response) => {
        let size = 0;
        incoming.on('data', (part: Buffer) => (size += part.length));
        incoming.once('end', () => response.end(String(size)));
        incoming.pause();
        void mayRead.promise.then(() => incoming.resume());
      },
    ]);
    const client = request(`${url}/orders`, { method: 'POST', headers: { 'content-length': total } });
    let sent = 0;
    const sender = new Promise<string>((resolve, reject) => {
      client.once('error', reject);
      client.once('response', (response) => resolve(text(response)));
      Readable.from(
        (function* parts() {
          for (; sent < total; sent += chunk.length) yield chunk;
        })(),
        { highWaterMark: 1 },
      ).pipe(client);
    });
    let last = -1;
    await eventually(() => {
      const stalled = sent > 0 && sent === last;
      last = sent;
      expect(stalled).toBe(true);
    });
    const sentWhileNobodyRead = sent;
    mayRead.resolve();

    expect(await sender).toBe(String(total));
    expect(sentWhileNobodyRead).toBeLessThan(total / 2);
  });

  it('takes an answer no faster than the client reads it', async () => {
    const total = 96 * 1024 * 1024;
    let made = 0;
    const { url } = await start([
      (_incoming, response) => {
        Readable.from(
          (function* parts() {
            for (const part = Buffer.alloc(1024 * 1024); made < total; made += part.length) yield part;
          })(),
          { highWaterMark: 1 },
        ).pipe(response);
      },
    ]);
    const client = request(`${url}/orders`).end();
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    let last = -1;
    await eventually(() => {
      const stalled = made > 0 && made === last;
      last = made;
      expect(stalled).toBe(true);
    });
    const madeWhileNobodyRead = made;
    let size = 0;
    for await (const part of response as AsyncIterable<Buffer>) size += part.length;

    expect(size).toBe(total);
    expect(madeWhileNobodyRead).toBeLessThan(total / 2);
  });

  it('passes on the first bytes of an answer while the rest is still to come', async () => {
    const release = deferred();
    const { url } = await start([
      (_incoming, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n');
        void release.promise.then(() => response.end('data: 2\n\n'));
      },
    ]);

    const response = await fetch(`${url}/orders`);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    release.resolve();
    const second = await reader?.read();

    expect([first, second].map((part) => new TextDecoder().decode(part?.value))).toEqual([
      'data: 1\n\n',
      'data: 2\n\n',
    ]);
  });

  it('tells the replica when the client has left', async () => {
    const left = deferred();
    const arrived = deferred();
    const { url, balancer } = await start([
      (_incoming, response) => {
        response.once('close', () => left.resolve());
        arrived.resolve();
      },
    ]);
    const client = new AbortController();
    const answer = fetch(`${url}/orders`, { signal: client.signal });
    await arrived.promise;

    client.abort();

    await expect(answer).rejects.toThrow('aborted');
    await left.promise;
    await eventually(() => expect(balancer.status()[0]?.inFlight).toBe(0));
  });

  it('breaks an answer off when its replica dies in the middle of it', async () => {
    const { url } = await start([
      (incoming, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => incoming.socket.destroy());
      },
    ]);

    const response = await fetch(`${url}/orders`);

    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('passes on an early refusal of a body that is still being sent', async () => {
    const { url } = await start([
      (incoming, response) => {
        incoming.pause();
        response
          .writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' })
          .end('{"status":413}');
      },
    ]);

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => fetch(`${url}/orders`, { method: 'POST', body: Buffer.alloc(8_000_000) })),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 413));
  });

  it('answers 504 when a replica stays silent for the idle timeout', async () => {
    const { url } = await start([() => undefined], { idleTimeoutMs: 200 });

    const response = await fetch(`${url}/orders`);

    expect(response.status).toBe(504);
  });

  it('leaves other paths to the fallback, and answers 404 without one', async () => {
    const { url } = await start([]);
    const without = await fetch(`${url}/ordersx`);
    await balancer?.stop();
    const other = await start([], { fallback: (_incoming, response) => response.end('console') });
    const withFallback = await fetch(other.url);

    expect([without.status, without.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await withFallback.text()).toBe('console');
  });

  it.each([
    ['that is no HTTP', 'nonsense\r\n\r\n', '400'],
    ['with fields beyond its limit', `GET /orders HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(70_000)}\r\n\r\n`, '431'],
    [
      'with two framings of its body (request smuggling)',
      'POST /orders HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
  ])('refuses a message %s with problem+json', async (_what, message, status) => {
    const { balancer, replicas } = await start([undefined]);
    const socket = connect(balancer.port, '127.0.0.1');
    socket.write(message);

    const answer = await text(socket);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json[^]*"status":${status}`));
    expect(replicas[0]?.seen).toEqual([]);
  });
});
