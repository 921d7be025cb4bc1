import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JournalError } from '../src/payment-simulator.errors.js';
import { PAYMENT, SimulatedProvider } from './simulated-provider.js';

let provider: SimulatedProvider;
beforeEach(async () => {
  provider = await SimulatedProvider.start();
});
afterEach(() => provider.stop());

const errorOf = (type: string, code?: string) => ({
  error: expect.objectContaining(code === undefined ? { type } : { type, code }),
});

// https://docs.stripe.com/api/idempotent_requests
describe('an idempotency key', () => {
  it('answers as it did the first time, and says so', async () => {
    const first = await provider.pay('k1');
    const second = await provider.pay('k1');

    expect(first).toMatchObject({ status: 200, replayed: false, body: { status: 'requires_capture' } });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await provider.payments()).toHaveLength(1);
  });

  it('does so even where that is no longer true', async () => {
    const { body } = await provider.pay('k1');
    await provider.post(`/v1/payment_intents/${body.id}/cancel`, {}, 'k2');

    expect((await provider.pay('k1')).body).toEqual(body);
    expect((await provider.get(`/v1/payment_intents/${body.id}`)).body).toMatchObject({ status: 'canceled' });
  });

  it('keeps the refusal of a card', async () => {
    const refused = { 'payment_method_data[card][token]': 'tok_chargeDeclined' };
    const first = await provider.pay('k1', refused);

    expect(first).toMatchObject({ status: 402, body: errorOf('card_error', 'card_declined') });
    expect(await provider.pay('k1', refused)).toEqual({ ...first, replayed: true });
    expect(await provider.payments()).toHaveLength(1);
  });

  it('keeps no refusal of a malformed request', async () => {
    expect((await provider.pay('k1', { amount: '-1' })).status).toBe(400);
    expect((await provider.pay('k1', { 'payment_method_data[card][token]': 'tok_none' })).status).toBe(400);

    expect((await provider.pay('k1')).status).toBe(200);
  });

  it('of another request is refused: other parameters, another path', async () => {
    const { body } = await provider.pay('k1');

    const other = { status: 400, body: errorOf('idempotency_error') };
    expect(await provider.pay('k1', { amount: '1251' })).toMatchObject(other);
    expect(await provider.post(`/v1/payment_intents/${body.id}/capture`, {}, 'k1')).toMatchObject(other);
  });

  it('is in use while its first request is carried out', async () => {
    await provider.control({ latencyMs: 100 });

    const answers = await Promise.all(Array.from({ length: 10 }, () => provider.pay('k1')));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(9).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body).toEqual(
      errorOf('idempotency_error', 'idempotency_key_in_use'),
    );
    expect(await provider.payments()).toHaveLength(1);
  });

  it('is not needed; and may have 255 characters', async () => {
    expect((await provider.pay()).status).toBe(200);
    expect((await provider.pay('k'.repeat(255))).status).toBe(200);
    expect((await provider.pay('k'.repeat(256))).status).toBe(400);
  });
});

describe('the journal', () => {
  const file = () => join(provider.dataDir, 'journal.jsonl');

  it('R02: holds everything that was answered: payments, keys, refunds, events', async () => {
    const first = await provider.pay('k1');
    await provider.post(`/v1/payment_intents/${first.body.id}/capture`, {}, 'k2');
    const given = await provider.post('/v1/refunds', { payment_intent: first.body.id, amount: '50' }, 'k3');
    const events = await provider.get('/v1/events?limit=100');
    // Cut short by a crash, and so never acknowledged.
    await appendFile(file(), '{"seq":4,"at":1,"paym');

    await provider.restart();

    expect(await provider.pay('k1')).toEqual({ ...first, replayed: true });
    expect((await provider.post('/v1/refunds', { payment_intent: first.body.id, amount: '50' }, 'k3')).body).toEqual(
      given.body,
    );
    expect(await provider.get('/v1/events?limit=100')).toEqual(events);
    expect((await provider.pay('k4')).status).toBe(200);
    await provider.restart();
    expect(await provider.payments()).toHaveLength(2);
  });

  it('that is damaged is refused at the start', async () => {
    await appendFile(file(), 'not json\n');

    await expect(provider.restart()).rejects.toThrow(JournalError);
  });

  it('R11: is rewritten when it has grown, without what is forgotten', async () => {
    await provider.restart({ maxPayments: 3 });
    for (let at = 0; at < 200; at += 1) await provider.pay(`k${at}`);

    const kept = await provider.payments();
    expect(kept).toHaveLength(3);
    const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThan(150);
    await provider.restart({ maxPayments: 3 });
    expect(await provider.payments()).toEqual(kept);
    expect(await provider.pay('k199')).toMatchObject({ replayed: true });
    expect(await provider.pay('k0')).toMatchObject({ replayed: false });
  });
});

describe('a request', () => {
  it.each([
    ['an unknown parameter', { colour: 'red' }, 'parameter_unknown'],
    ['no amount', { amount: '' }, 'parameter_invalid'],
    ['half a penny', { amount: '12.5' }, 'parameter_invalid'],
    ['more than eight digits', { amount: '100000000' }, 'parameter_invalid'],
    ['a currency in capitals', { currency: 'GBP' }, 'parameter_invalid'],
    ['a number of a card', { 'payment_method_data[card][number]': '4242' }, 'parameter_unknown'],
  ])('with %s is refused, and nothing is done', async (_, form, code) => {
    expect(await provider.pay('k1', form)).toMatchObject({ status: 400, body: errorOf('invalid_request_error', code) });
    expect(await provider.payments()).toEqual([]);
  });

  it('without what it needs is told what is missing', async () => {
    const { amount: _, ...rest } = PAYMENT;

    expect(await provider.post('/v1/payment_intents', rest)).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_missing', param: 'amount' } },
    });
  });

  it.each(['', 'Bearer', 'Bearer sk_live_1', 'Basic c2tfdGVzdF8x'])('needs a secret test key: %s', async (auth) => {
    expect((await provider.get('/v1/payment_intents', auth)).status).toBe(401);
  });

  it('needs one of the keys that are good, where those are known', async () => {
    await provider.restart({ apiKeys: ['sk_test_ours'] });

    expect((await provider.get('/v1/payment_intents', 'Bearer sk_test_ours')).status).toBe(200);
    expect((await provider.get('/v1/payment_intents', 'Bearer sk_test_1')).status).toBe(401);
  });

  it('for what there is not is answered by 404', async () => {
    for (const path of ['/v1/payment_intents/pi_none', '/v1/refunds/re_none', '/v1/customers']) {
      expect(await provider.get(path)).toMatchObject({ status: 404, body: errorOf('invalid_request_error') });
    }
  });
});

describe('the API', () => {
  it('creates, confirms and captures in steps', async () => {
    const { body } = await provider.post('/v1/payment_intents', { amount: '10', currency: 'gbp' });
    expect(body).toMatchObject({ status: 'requires_payment_method', capture_method: 'automatic' });

    const confirmed = await provider.post(`/v1/payment_intents/${body.id}/confirm`, { payment_method: 'pm_card_visa' });

    expect(confirmed).toMatchObject({ status: 200, body: { status: 'succeeded', amount_received: 10 } });
  });

  it('captures a part, and lets the rest go', async () => {
    const { body } = await provider.pay();
    const part = await provider.post(`/v1/payment_intents/${body.id}/capture`, { amount_to_capture: '1000' });

    expect(part.body).toMatchObject({ status: 'succeeded', amount_received: 1_000, amount_capturable: 0 });
    expect((await provider.post('/v1/refunds', { payment_intent: body.id, amount: '1001' })).status).toBe(400);
  });

  it('tells of what happened in order', async () => {
    const { body } = await provider.pay();
    await provider.post(`/v1/payment_intents/${body.id}/capture`);

    const { body: events } = await provider.get('/v1/events');
    expect(events.data.map((event) => ('type' in event ? event.type : undefined))).toEqual([
      'payment_intent.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.created',
    ]);
  });
});

describe('POST /control', () => {
  it('refuses settings out of range, and unknown ones', async () => {
    for (const settings of [
      { failureRate: 2 },
      { latencyMs: 99_999 },
      { mood: 'bad' },
      { webhookUrl: 'file:///etc' },
    ]) {
      expect((await provider.control(settings)).status).toBe(400);
    }
  });

  it('fails in turn by 500 before the payment and by a dropped connection after it', async () => {
    await provider.control({ failureRate: 1 });

    expect(await provider.pay('k1')).toMatchObject({ status: 500 });
    expect(await provider.payments()).toHaveLength(0);
    await expect(provider.pay('k1')).rejects.toThrow('fetch failed');
    expect(await provider.payments()).toHaveLength(1);
    await provider.control({ failureRate: 0 });
    expect(await provider.pay('k1')).toMatchObject({ status: 200, replayed: true });
  });

  it('declines cards that are good, as often as it is told', async () => {
    await provider.control({ declineRate: 1 });

    expect((await provider.pay()).status).toBe(402);
  });
});
