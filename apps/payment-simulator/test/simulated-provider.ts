import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type SimulatorOptions, buildSimulator } from '../src/server.js';

/** An answer of the provider's, its body parsed. */
export interface Answered {
  readonly status: number;
  readonly replayed: boolean;
  // Tests look into bodies of every shape.
  readonly body: Record<string, unknown> & { id: string; data: { id: string }[] };
}

/** The simulator in this process, on a folder of its own that outlives its restarts. */
export class SimulatedProvider {
  private readonly open: FastifyInstance[] = [];
  private url = '';

  private constructor(readonly dataDir: string) {}

  static async start(options: Partial<SimulatorOptions> = {}): Promise<SimulatedProvider> {
    const provider = new SimulatedProvider(await mkdtemp(join(tmpdir(), 'lethe-payments-')));
    await provider.restart(options);
    return provider;
  }

  /** Starts another one on the same folder. The first is left running and never writes again, as one killed would. */
  async restart(options: Partial<SimulatorOptions> = {}): Promise<void> {
    const app = await buildSimulator({ dataDir: this.dataDir, maxPayments: 1_000, ...options });
    this.open.push(app);
    this.url = await app.listen({ port: 0, host: '127.0.0.1' });
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.map((app) => app.close()));
    await rm(this.dataDir, { recursive: true, force: true });
  }

  post(path: string, form: Readonly<Record<string, string>> = {}, key?: string, auth?: string): Promise<Answered> {
    return this.ask(path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { ...authorized(auth), ...(key === undefined ? {} : { 'idempotency-key': key }) },
    });
  }

  get(path: string, auth?: string): Promise<Answered> {
    return this.ask(path, { headers: authorized(auth) });
  }

  control(settings: unknown): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    return this.ask('/control', { method: 'POST', body: JSON.stringify(settings), headers });
  }

  /** Creates a payment and confirms it. */
  pay(key?: string, form: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.post('/v1/payment_intents', { ...PAYMENT, ...form }, key);
  }

  /** The ids of all payments, newest first. */
  async payments(): Promise<string[]> {
    return (await this.get('/v1/payment_intents?limit=100')).body.data.map(({ id }) => id);
  }

  private async ask(path: string, init: RequestInit): Promise<Answered> {
    const response = await fetch(this.url + path, init);
    const body = (await response.json()) as Answered['body'];
    return { status: response.status, replayed: response.headers.get('idempotent-replayed') === 'true', body };
  }
}

const authorized = (auth = 'Bearer sk_test_1') => ({ authorization: auth });

export const PAYMENT: Readonly<Record<string, string>> = {
  amount: '1250',
  currency: 'gbp',
  confirm: 'true',
  capture_method: 'manual',
  'allowed_payment_method_types[]': 'card',
  'payment_method_data[type]': 'card',
  'payment_method_data[card][token]': 'tok_visa',
  'metadata[order_id]': 'order-1',
};
