import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { JournalError } from '../src/payment-simulator.errors.js';
import { buildSimulator } from '../src/server.js';

let dataDir: string;
let open: FastifyInstance[] = [];

async function start(options: { maxCharges?: number } = {}): Promise<string> {
  const app = await buildSimulator({ dataDir, latencyMs: 0, failureRate: 0, maxCharges: 1_000, ...options });
  open.push(app);
  return app.listen({ port: 0, host: '127.0.0.1' });
}

const order = { amount: 1_250, currency: 'GBP', source: 'tok_visa', reference: 'order-1' };

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}
const charge = (url: string, key: string, body: unknown = order) =>
  post(`${url}/v1/charges`, body, { 'idempotency-key': key });

async function charges(url: string, query = ''): Promise<{ id: string; status: string; reference: string }[]> {
  const response = await fetch(`${url}/v1/charges${query}`);
  const { data } = (await response.json()) as { data: { id: string; status: string; reference: string }[] };
  return data;
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lethe-payments-'));
});
afterEach(async () => {
  await Promise.all(open.map((app) => app.close()));
  open = [];
  await rm(dataDir, { recursive: true, force: true });
});

describe('POST /v1/charges', () => {
  it('charges once per key, however often and however parallel it is asked', async () => {
    const url = await start();

    const answers = await Promise.all(Array.from({ length: 20 }, () => charge(url, 'k1')));

    expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await charges(url, '?reference=order-1')).toHaveLength(1);
  });

  it('declines tok_chargeDeclined and refuses unknown tokens with 402, the same again', async () => {
    const url = await start();
    const ask = () => charge(url, 'k1', { ...order, source: 'tok_chargeDeclined' });

    expect(await ask()).toMatchObject({
      status: 402,
      json: { error: { type: 'card_error', code: 'card_declined' } },
    });
    expect(await ask()).toMatchObject({ status: 402 });
    expect(await charge(url, 'k2', { ...order, source: 'tok_x' })).toMatchObject({
      status: 402,
      json: { error: { code: 'invalid_source' } },
    });
  });

  it('refuses the key of another request, a missing key and a malformed body with 400', async () => {
    const url = await start();
    await charge(url, 'k1');

    expect(await charge(url, 'k1', { ...order, amount: 1 })).toMatchObject({
      status: 400,
      json: { error: { type: 'idempotency_error' } },
    });
    expect((await post(`${url}/v1/charges`, order)).status).toBe(400);
    expect((await charge(url, 'k2', { ...order, amount: 1.5 })).status).toBe(400);
    expect(await charges(url)).toHaveLength(1);
  });

  it('answers a key after a restart as it did before, and drops a line that a crash cut short', async () => {
    const first = await charge(await start(), 'k1');
    // The first instance is left running and never flushes again, as one killed by SIGKILL would.
    await appendFile(join(dataDir, 'charges.jsonl'), '{"kind":"charge","id":"ch_to');

    const restarted = await start();

    expect(await charge(restarted, 'k1')).toEqual(first);
    expect(await charge(restarted, 'k2')).toMatchObject({ status: 200 });
    expect(await charges(await start())).toHaveLength(2);
  });

  it('refuses to start from a damaged journal', async () => {
    await appendFile(join(dataDir, 'charges.jsonl'), 'not json\n');

    await expect(start()).rejects.toThrow(JournalError);
  });

  it('forgets the oldest charges beyond its bound, in memory and on the disk', async () => {
    const url = await start({ maxCharges: 2 });
    for (let at = 0; at < 20; at += 1) await charge(url, `k${at}`, { ...order, reference: `order-${at}` });

    expect((await charges(url)).map(({ reference }) => reference)).toEqual(['order-18', 'order-19']);
    const lines = (await readFile(join(dataDir, 'charges.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(8);
  });
});

describe('POST /v1/charges/{id}/refund', () => {
  it('refunds once and says so again, also after a restart; the key still answers as it did', async () => {
    const url = await start();
    const charged = await charge(url, 'k1');
    const [{ id } = { id: '' }] = await charges(url);

    const answers = await Promise.all([1, 2, 3].map(() => post(`${url}/v1/charges/${id}/refund`, {})));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await charges(await start())).toEqual([expect.objectContaining({ id, status: 'refunded' })]);
    expect(await charge(url, 'k1')).toEqual(charged);
  });

  it('answers 404 for an unknown charge and 400 for one that took no money', async () => {
    const url = await start();
    await charge(url, 'k1', { ...order, source: 'tok_chargeDeclined' });
    const [{ id } = { id: '' }] = await charges(url);

    expect((await post(`${url}/v1/charges/ch_none/refund`, {})).status).toBe(404);
    expect((await post(`${url}/v1/charges/${id}/refund`, {})).status).toBe(400);
  });
});

describe('POST /control', () => {
  it('fails in turn by 500 before the charge and by a dropped connection after it', async () => {
    const url = await start();
    await post(`${url}/control`, { failureRate: 1 });

    expect(await charge(url, 'k1')).toMatchObject({ status: 500 });
    expect(await charges(url)).toHaveLength(0);
    await expect(charge(url, 'k1')).rejects.toThrow('fetch failed');
    expect(await charges(url)).toHaveLength(1);

    await post(`${url}/control`, { failureRate: 0 });
    expect(await charge(url, 'k1')).toMatchObject({ status: 200 });
    expect(await charges(url)).toHaveLength(1);
  });

  it('refuses settings out of range', async () => {
    const url = await start();

    expect((await post(`${url}/control`, { failureRate: 2 })).status).toBe(400);
    expect((await post(`${url}/control`, { latencyMs: 99_999 })).status).toBe(400);
  });
});
