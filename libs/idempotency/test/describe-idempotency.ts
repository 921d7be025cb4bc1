import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred } from '@lethe/testing';
import type { IdempotentRequest, IdempotentRuns } from '../src/idempotent-runs.js';
import { ContractBench, type StoreUnderTest } from './contract-bench.js';
import type { ADAPTERS } from './things.app.js';

const DAY_MS = 86_400_000;

/** The contract of I1 to I14, over HTTP, as clients of any application with this package see it. */
export function describeIdempotency(
  name: string,
  setUp: () => Promise<StoreUnderTest>,
  adapter: keyof typeof ADAPTERS,
): void {
  describe(`@Idempotent on ${name}, under ${adapter}`, () => {
    const bench = new ContractBench(adapter);
    beforeAll(async () => bench.open(await setUp()));
    afterAll(() => bench.close());
    beforeEach(() => bench.clear());

    for (const part of [keysAndReplays, reuseAndRaces, failures, deathsAndAge, owners]) part(bench);
  });
}

function keysAndReplays(bench: ContractBench): void {
  const { ask, effects } = bench;

  it('I1: refuses a request without a key, and does nothing', async () => {
    const refused = await ask({});

    expect(refused).toMatchObject({ status: 400, body: { type: 'urn:lethe:problem:idempotency-key-missing' } });
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(effects.done).toHaveLength(0);
  });

  it('I1: runs without a key where the route says that it need not have one', async () => {
    expect(await ask({ path: '/things/open' })).toMatchObject({ status: 201, body: { done: 1 } });
  });

  it('I2: refuses a key that is too long, malformed or sent twice', async () => {
    const statuses = [];
    for (const key of ['k'.repeat(256), 'a b', 'a, b', '""']) statuses.push((await ask({ key })).status);

    expect(statuses).toEqual([400, 400, 400, 400]);
    expect(effects.done).toHaveLength(0);
  });

  it('I3: runs the first request, bound to its key', async () => {
    const first = await ask({ key: 'a' });

    expect(first).toMatchObject({ status: 202, replayed: false, body: { name: 'one' } });
    expect(effects.done).toEqual([expect.anything()]);
  });

  it('I4: replays status, selected headers and body from another replica, and does nothing', async () => {
    const first = await ask({ key: 'a' });

    const again = await ask({ key: '"a"' }, 1);

    expect(again).toMatchObject({ status: 202, replayed: true, body: first.body });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('x-other'), again.headers.get('x-other')]).toEqual(['not kept', null]);
    expect(effects.done).toHaveLength(1);
  });
}

function reuseAndRaces(bench: ContractBench): void {
  const { ask, effects } = bench;

  it('I5: refuses the key with another body, path or selected query with 422', async () => {
    await ask({ key: 'a' });
    await ask({ key: 'p', path: '/things/1/parts' });
    const done = effects.done.length;

    const others = [
      await ask({ key: 'a', body: { name: 'two' } }),
      await ask({ key: 'a', path: '/things?kind=other' }),
      await ask({ key: 'p', path: '/things/2/parts' }),
    ];

    expect(others.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(others[0]?.body).toMatchObject({ type: 'urn:lethe:problem:idempotency-key-reused' });
    expect(await ask({ key: 'a', path: '/things?trace=1' })).toMatchObject({ status: 202, replayed: true });
    expect(effects.done).toHaveLength(done);
  });

  it('I6: of 50 at once on two replicas one runs, and the others are told to ask again', async () => {
    effects.gate = deferred();
    const first = ask({ key: 'a' });
    await effects.began.promise;

    const others = await Promise.all(Array.from({ length: 49 }, (_, at) => ask({ key: 'a' }, at)));
    effects.gate.resolve();

    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([409]));
    expect(others[0]?.headers.get('retry-after')).toBe('1');
    expect(await first).toMatchObject({ status: 202, replayed: false });
    expect(await ask({ key: 'a' }, 1)).toMatchObject({ status: 202, replayed: true });
    expect(effects.done).toHaveLength(1);
  });

  it('I6: of 50 that race from the start one runs', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => ask({ key: 'a' }, at)));

    expect(effects.done).toHaveLength(1);
    expect(answers.filter(({ status, replayed }) => status === 202 && !replayed)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([]);
  });
}

function failures(bench: ContractBench): void {
  const { ask, askOn, effects } = bench;

  it('I7: does not keep what validation refuses: the corrected request runs with the same key', async () => {
    expect(await ask({ key: 'a', body: { name: 1 } })).toMatchObject({ status: 400 });

    expect(await ask({ key: 'a' })).toMatchObject({ status: 202, replayed: false });
    expect(effects.done).toHaveLength(1);
  });

  it('I8: runs failed work again exactly if nothing is left of it', async () => {
    const first = await ask({ key: 'a', path: '/things/broken' });
    const again = await ask({ key: 'a', path: '/things/broken' });

    expect([first.status, again.status]).toEqual([500, 500]);
    expect(again.body).toEqual(first.body);
    expect(again.replayed).toBe(bench.under.failure === 'kept');
    expect(effects.done).toHaveLength(bench.under.failure === 'kept' ? 1 : 2);
  });

  it('I10: gives the stored answer where the first was lost on its way', async () => {
    const lossy: IdempotentRuns = {
      run: async (request, work) => {
        await bench.under.replica().run(request, work);
        throw new Error('killed before the answer');
      },
    };
    expect((await askOn(lossy, { key: 'a' })).status).toBe(500);

    expect(await ask({ key: 'a' })).toMatchObject({ status: 202, replayed: true, body: { name: 'one' } });
    expect(effects.done).toHaveLength(1);
  });

  it('I14: answers 503 and does nothing while the store is away', async () => {
    const refused = await askOn(await bench.under.away(), { key: 'a' });

    expect(refused).toMatchObject({ status: 503, body: { status: 503 } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(effects.done).toHaveLength(0);
  });
}

function deathsAndAge(bench: ContractBench): void {
  const { ask, askOn, effects } = bench;

  it('I9: runs once more what a process that died at work had claimed, and only then', async () => {
    const [dead, late] = [deferred(), deferred<Promise<unknown>>()];
    const doomed: IdempotentRuns = {
      run: async (request: IdempotentRequest) => {
        const died = deferred();
        const ended = bench.under.replica().run(request, async (context) => {
          await bench.under.die(context);
          died.resolve();
          await dead.promise;
          throw new Error('dead');
        });
        late.resolve(ended.catch((error: unknown) => error));
        await died.promise;
        throw new Error('killed');
      },
    };
    expect((await askOn(doomed, { key: 'a' })).status).toBe(500);

    const retry = await ask({ key: 'a' });

    expect(retry).toMatchObject({ status: 202, replayed: false });
    dead.resolve();
    // The fence: were it only paused, it would get the answer of the other, and overwrite nothing.
    expect(await late.promise).toMatchObject({ replayed: true, response: { body: retry.body } });
    expect(await ask({ key: 'a' }, 1)).toMatchObject({ replayed: true, body: retry.body });
    expect(effects.done).toHaveLength(1);
  });

  it('I11: remembers a key for 24 hours, and then runs it anew', async () => {
    await ask({ key: 'a' });
    await bench.under.passTime(DAY_MS - 60_000);
    expect(await ask({ key: 'a' })).toMatchObject({ replayed: true });

    await bench.under.passTime(60_000);

    expect(await ask({ key: 'a', body: { name: 'other' } })).toMatchObject({ status: 202, replayed: false });
    expect(effects.done).toHaveLength(2);
  });
}

function owners(bench: ContractBench): void {
  const { ask, effects } = bench;

  it('I12: keeps the keys of others apart, and asks who one is', async () => {
    const answers = [
      await ask({ key: 'a' }),
      await ask({ key: 'a', user: 'bob' }),
      await ask({ key: 'a', tenant: 'acme' }),
    ];

    expect(answers.map(({ replayed }) => replayed)).toEqual([false, false, false]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(3);
    expect(await ask({ key: 'a', user: '' })).toMatchObject({ status: 401 });
    expect(effects.done).toHaveLength(3);
  });

  it('I13: takes no notice of a key of GET and DELETE', async () => {
    for (const [method, path] of [
      ['GET', '/things'],
      ['DELETE', '/things/1'],
    ] as const) {
      await ask({ key: 'a', method, path });
      expect(await ask({ key: 'a', method, path })).toMatchObject({ status: 200, replayed: false });
    }
    expect(effects.done).toHaveLength(4);
  });
}
