import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { PaymentOutcomeUnknownError } from '../src/orders.errors.js';
import { CircuitBreaker } from '../src/outbound/circuit-breaker.js';
import type { StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { ProviderUnderTest } from './provider-under-test.js';
import { SimulatorProcess } from './simulator-process.js';

let provider: ProviderUnderTest;
let simulator: SimulatorProcess;

beforeAll(async () => {
  simulator = await SimulatorProcess.start();
  provider = ProviderUnderTest.of(simulator);
});
afterAll(() => provider.stop());
beforeEach(() => provider.calm());

const authorize = (by: StripePaymentGateway, orderId: string) =>
  by.authorize(
    { orderId, total: { amount: 1_250, currency: 'GBP' }, paymentToken: 'tok_visa' },
    `${orderId}:authorize`,
  );

/** Answers every request by this. */
const answering = (status: string, body: object) => (socket: Socket) => {
  const text = JSON.stringify(body);
  socket.end(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
};

/** A header that never ends, a byte at a time. */
async function drip(socket: Socket): Promise<void> {
  socket.write('HTTP/1.1 200 OK\r\nx-drip: ');
  for (; !socket.destroyed; await pause(20)) socket.write('a');
}

/** Takes connections and does with them what it is told. */
async function server(onConnection: (socket: Socket) => void): Promise<{ url: string; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const listening: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = once(listening, 'close');
    listening.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

describe('a provider that does not answer', () => {
  it.each([
    ['says nothing', () => {}],
    ['sends a byte now and then', (socket: Socket) => void drip(socket)],
    [
      'sends the headers and half a body',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":'),
    ],
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['is a balancer that says so in its own words', answering('502 Bad Gateway', { type: 'about:blank', status: 502 })],
    ['is somebody else', answering('200 OK', { status: 'succeeded', id: 'pi_1' })],
    ['sends us elsewhere', answering('307 Temporary Redirect', { object: 'payment_intent', status: 'succeeded' })],
    ['speaks no JSON', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')],
  ])('R04: is given up in time: it %s', async (_, onConnection) => {
    const { url, stop } = await server(onConnection);
    const impatient = provider.gateway({ baseUrl: url, requestTimeoutMs: 200 });
    const start = performance.now();

    await expect(authorize(impatient, randomUUID())).rejects.toThrow(PaymentOutcomeUnknownError);

    // One request and one repetition, and the pause between.
    expect(performance.now() - start).toBeLessThan(15_000);
    await stop();
  });

  it('R04: is given up in time where nobody is there', async () => {
    const { url, stop } = await server(() => {});
    await stop();

    await expect(authorize(provider.gateway({ baseUrl: url }), randomUUID())).rejects.toThrow(
      PaymentOutcomeUnknownError,
    );
  });

  it('R07 R08: is asked a tenth more at most, and hardly at all once it is known to be down', async () => {
    let connections = 0;
    const { url, stop } = await server((socket) => {
      connections += 1;
      socket.destroy();
    });
    const clock = new FakeClock();
    const eager = provider.gateway({
      baseUrl: url,
      breaker: new CircuitBreaker({ failures: 5, openMs: 1_000, clock }),
    });
    for (let at = 0; at < 100; at += 1) {
      await expect(authorize(eager, randomUUID())).rejects.toThrow(PaymentOutcomeUnknownError);
    }
    expect(connections).toBeLessThanOrEqual(10);

    const before = connections;
    clock.advance(1_000);
    await expect(authorize(eager, randomUUID())).rejects.toThrow(PaymentOutcomeUnknownError);
    await expect(authorize(eager, randomUUID())).rejects.toThrow(PaymentOutcomeUnknownError);
    expect(connections - before).toBeLessThanOrEqual(2);
    await stop();
  });

  it('R08: is asked again once it answers', async () => {
    const clock = new FakeClock();
    const breaker = new CircuitBreaker({ failures: 2, openMs: 1_000, clock });
    const watchful = provider.gateway({ breaker });
    await simulator.set({ unavailable: true });
    await expect(authorize(watchful, randomUUID())).rejects.toThrow('503');
    await expect(authorize(watchful, randomUUID())).rejects.toThrow('503');
    await expect(authorize(watchful, randomUUID())).rejects.toThrow('not asked');
    await simulator.set({ unavailable: false });

    clock.advance(1_000);

    expect(await authorize(watchful, randomUUID())).toMatchObject({ status: 'authorized' });
  });
});

describe('a request to the provider', () => {
  it('names the version of the API and its key, and tells nothing about this machine or earlier requests', async () => {
    const requests: string[] = [];
    const { url, stop } = await server((socket) => {
      socket.once('data', (bytes) => {
        requests.push(bytes.toString());
        answering('200 OK', { object: 'payment_intent', id: 'pi_1', status: 'processing' })(socket);
      });
    });
    const told = provider.gateway({ baseUrl: url });
    const orderId = randomUUID();

    await authorize(told, orderId);
    await authorize(told, orderId);

    expect(requests).toHaveLength(2);
    for (const text of requests) {
      expect(text).toContain('Stripe-Version: 2026-10-28.endive');
      expect(text).toContain(`Idempotency-Key: ${orderId}:authorize`);
      expect(text).toMatch(/^Authorization: Bearer sk_test_/m);
      expect(text).not.toMatch(/Client-Telemetry|%22platform|"platform"/);
    }
    await stop();
  });
});
