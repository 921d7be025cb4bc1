import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred } from '@lethe/testing';
import { IdempotencyKeys } from '../src/idempotency-keys.js';
import { IdempotencyFixture, request, work } from './fixture.js';

const RESPONSE = { status: 202, headers: { location: '/things/1' }, body: { id: '1' } };

describe('IdempotencyKeys.runStatement', () => {
  let fixture: IdempotencyFixture;
  beforeAll(async () => {
    fixture = await IdempotencyFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());
  const place = (changes = {}) =>
    fixture.keys.runStatement(request(changes), RESPONSE, (claim) => fixture.place(claim));

  it('I3, I4: claims, works and stores in one statement, and replays', async () => {
    expect(await place()).toEqual({ response: RESPONSE, replayed: false });
    expect(await place()).toEqual({ response: RESPONSE, replayed: true });
    expect(await fixture.effects()).toBe(1);
  });

  it('I5: refuses the same key with another request with 422', async () => {
    await place();

    await expect(place({ fingerprint: 'a'.repeat(64) })).rejects.toMatchObject({ status: 422 });
  });

  it('I6: refuses with 409 while somebody else is at work with the key', async () => {
    const [gate, began] = [deferred(), deferred()];
    const first = fixture.keys.run(request(), async (tx) => {
      began.resolve();
      await gate.promise;
      return work(tx);
    });
    await began.promise;

    await expect(place()).rejects.toMatchObject({ status: 409, headers: { 'retry-after': '1' } });

    gate.resolve();
    await first;
    expect(await place()).toMatchObject({ replayed: true });
    expect(await fixture.effects()).toBe(1);
  });

  it('I6: of 50 at once, over two replicas and both ways, exactly one runs', async () => {
    const other = new IdempotencyKeys(fixture.operator);
    const ways = [
      () => place(),
      () => other.run(request(), work),
      () => other.runStatement(request(), RESPONSE, (claim) => fixture.place(claim, fixture.operator)),
    ];

    const outcomes = await Promise.allSettled(Array.from({ length: 51 }, (_, at) => at).map((at) => way(at)));

    function way(at: number) {
      const chosen = ways[at % ways.length];
      return chosen === undefined ? Promise.reject(new Error('no way')) : chosen();
    }
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refusals: unknown[] = outcomes.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
    expect(await fixture.effects()).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 409 });
  });

  it('I8: leaves no key where the statement fails', async () => {
    const failing = fixture.keys.runStatement(request(), RESPONSE, async (claim) => {
      const broken = [...claim] as const;
      return fixture.place([broken[0], broken[1], broken[2], broken[3], 'no JSON', broken[5], broken[6]]);
    });
    await expect(failing).rejects.toMatchObject({ sqlState: '22P02' });

    expect(await place()).toMatchObject({ replayed: false });
  });

  it('I11: takes over a key whose 24 hours are over', async () => {
    await place();
    await fixture.operator.dataSource.query(`UPDATE idempotency_key SET expires_at = now()`);

    expect(await place({ fingerprint: 'e'.repeat(64) })).toMatchObject({ replayed: false });
    expect(await place({ fingerprint: 'e'.repeat(64) })).toMatchObject({ replayed: true });
    expect(await fixture.effects()).toBe(2);
  });
});
