import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CommitOutcomeUnknownError, Database, type Tx } from '@lethe/database';
import { ProblemError } from '@lethe/kernel';
import { deferred } from '@lethe/testing';
import { IdempotencyKeys } from '../src/idempotency-keys.js';
import { IDEMPOTENCY_RETENTION_SECONDS } from '../src/idempotent-runs.js';
import { IdempotencyFixture, request, work } from './fixture.js';

describe('IdempotencyKeys', () => {
  let fixture: IdempotencyFixture;
  beforeAll(async () => {
    fixture = await IdempotencyFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());

  it('I3: runs the first request', async () => {
    const { response, replayed } = await fixture.keys.run(request(), work);

    expect(replayed).toBe(false);
    expect(response.status).toBe(202);
    expect(await fixture.effects()).toBe(1);
  });

  it('I4: answers the same request again with the same status, headers and body, and does nothing', async () => {
    const first = await fixture.keys.run(request(), work);

    const again = await fixture.keys.run(request(), work);

    expect(again).toEqual({ response: first.response, replayed: true });
    expect(await fixture.effects()).toBe(1);
  });

  it('I4 I12: looks up many at once, each its own, by one statement', async () => {
    const asked: string[] = [];
    const { database } = fixture;
    const keys = new IdempotencyKeys({
      transaction: (run, options) => database.transaction(run, options),
      query: (statement, values) => {
        asked.push(statement.name);
        return database.query(statement, values);
      },
    });
    const people = Array.from({ length: 20 }, (_, n) => ({ ...request().scope, principal: `person-${n}` }));
    const done = await Promise.all(
      people.map((scope, n) => (n % 2 === 0 ? fixture.keys.run(request({ scope }), work) : Promise.resolve(undefined))),
    );

    const found = await Promise.all(people.map((scope) => keys.replay(request({ scope }))));

    expect(found).toEqual(done.map((first) => first && { response: first.response, replayed: true }));
    expect(asked).toEqual(['idempotency.read-each']);
  });

  it('I4: replays a refusal that is the outcome of the business', async () => {
    const refuse = () => Promise.resolve({ status: 422, body: { reason: 'declined' } });
    await fixture.keys.run(request(), refuse);

    const again = await fixture.keys.run(request(), work);

    expect(again).toMatchObject({ replayed: true, response: { status: 422, body: { reason: 'declined' } } });
    expect(await fixture.effects()).toBe(0);
  });

  it('I5: refuses the same key with another request with 422', async () => {
    await fixture.keys.run(request(), work);

    const other = fixture.keys.run(request({ fingerprint: 'a'.repeat(64) }), work);

    await expect(other).rejects.toMatchObject({ status: 422, slug: 'idempotency-key-reused' });
    expect(await fixture.effects()).toBe(1);
  });

  it('I6: refuses the same key while it is at work with 409 and retry-after', async () => {
    const [gate, began] = [deferred(), deferred()];
    const first = fixture.keys.run(request(), async (tx) => {
      began.resolve();
      await gate.promise;
      return work(tx);
    });
    await began.promise;

    await expect(fixture.keys.run(request(), work)).rejects.toMatchObject({
      status: 409,
      slug: 'idempotency-key-in-use',
      headers: { 'retry-after': '1' },
    });

    gate.resolve();
    await first;
    expect(await fixture.effects()).toBe(1);
  });

  it('I6: of 50 at once exactly one runs, and the others are refused or answered alike', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => fixture.keys.run(request(), work)));

    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refusals: unknown[] = outcomes.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
    expect(await fixture.effects()).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ response }) => JSON.stringify(response.body))).size).toBe(1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 409 });
  });

  it('I7: frees the key where the request is refused before it has an effect', async () => {
    const invalid = fixture.keys.run(request(), () => Promise.reject(new ProblemError(400, 'bad-request')));
    await expect(invalid).rejects.toMatchObject({ status: 400 });

    const corrected = await fixture.keys.run(request({ fingerprint: 'c'.repeat(64) }), work);

    expect(corrected.replayed).toBe(false);
  });

  it('I8: frees the key where the work failed and was rolled back', async () => {
    const failing = fixture.keys.run(request(), async (tx) => {
      await work(tx);
      throw new Error('broke');
    });
    await expect(failing).rejects.toThrow('broke');
    expect(await fixture.effects()).toBe(0);

    expect((await fixture.keys.run(request(), work)).replayed).toBe(false);
    expect(await fixture.effects()).toBe(1);
  });

  it('I9: frees the key of a process that was killed at work, at once', async () => {
    const [began, dead] = [deferred<Tx>(), deferred()];
    const killed = fixture.keys.run(request(), async (tx) => {
      const result = await work(tx);
      began.resolve(tx);
      await dead.promise;
      throw new Error(`never answered ${result.status}`);
    });
    const ended = killed.catch((error: unknown) => error);
    await fixture.kill(await began.promise);

    const retry = await new IdempotencyKeys(fixture.operator).run(request(), work);

    expect(retry.replayed).toBe(false);
    dead.resolve();
    // The killed one finds, when its work is run again, that the answer is there.
    expect(await ended).toEqual({ response: retry.response, replayed: true });
    expect(await fixture.effects()).toBe(1);
  });

  it('I10: gives the stored answer to a client whose first answer was lost after the commit', async () => {
    class Lossy extends Database {
      override async transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
        await super.transaction(run);
        throw new CommitOutcomeUnknownError(new Error('killed before the answer'));
      }
    }
    const lossy = new Lossy({ url: fixture.server.url, service: 'lossy', migrations: [] });
    await lossy.open();
    await expect(new IdempotencyKeys(lossy).run(request(), work)).rejects.toMatchObject({ status: 503 });

    const retry = await fixture.keys.run(request(), work);

    expect(retry).toMatchObject({ replayed: true, response: { status: 202 } });
    expect(await fixture.effects()).toBe(1);
    await lossy.close();
  });

  it('I11: runs a key anew once its 24 hours are over', async () => {
    expect(IDEMPOTENCY_RETENTION_SECONDS).toBe(86_400);
    await fixture.keys.run(request(), work);
    await fixture.operator.dataSource.query(`UPDATE idempotency_key SET expires_at = expires_at - interval '24 hours'`);

    const anew = await fixture.keys.run(request({ fingerprint: 'e'.repeat(64) }), work);

    expect(anew.replayed).toBe(false);
    expect(await fixture.keys.run(request({ fingerprint: 'e'.repeat(64) }), work)).toMatchObject({ replayed: true });
    expect(await fixture.effects()).toBe(2);
  });

  it.each([
    ['user', { principal: 'bob', method: 'POST', route: '/things' }],
    ['tenant', { tenant: 'acme', principal: 'alice', method: 'POST', route: '/things' }],
    ['method', { principal: 'alice', method: 'PUT', route: '/things' }],
    ['route', { principal: 'alice', method: 'POST', route: '/other' }],
  ])('I12: another %s with the same key is another request', async (_, scope) => {
    const mine = await fixture.keys.run(request(), work);

    const theirs = await fixture.keys.run(request({ scope }), work);

    expect(theirs.replayed).toBe(false);
    expect(theirs.response.body).not.toEqual(mine.response.body);
    expect(await fixture.effects()).toBe(2);
  });

  it('I14: does nothing and answers 503 while the store is down', async () => {
    const down = new Database({ url: fixture.server.url, service: 'down', migrations: [] });
    await down.open();
    await down.close();

    await expect(new IdempotencyKeys(down).run(request(), work)).rejects.toMatchObject({ status: 503 });
    await expect(
      new IdempotencyKeys(down).runStatement(request(), { status: 202, body: {} }, (claim) =>
        fixture.place(claim, down),
      ),
    ).rejects.toMatchObject({ status: 503 });
    expect(await fixture.effects()).toBe(0);
  });

  it('treats a row that appears while it works as an answer, and undoes its own work', async () => {
    const stored = await fixture.keys.run(request(), work);

    const late = await fixture.keys.run(request({ key: 'late' }), async (tx) => {
      // Somebody who does not know of the lock, such as an older version of the code.
      await fixture.operator.dataSource.query('UPDATE idempotency_key SET scope_hash = $1', [hashOf('late')]);
      return work(tx);
    });

    expect(late).toEqual({ response: stored.response, replayed: true });
    expect(await fixture.effects()).toBe(1);
  });

  it('forgets expired keys in bounded batches, several replicas at once', async () => {
    await fixture.operator.dataSource.query(
      `INSERT INTO idempotency_key (scope_hash, fingerprint, status, headers, body, expires_at)
       SELECT int4send(i), '', 200, '{}', '{}', now() - interval '1 second' FROM generate_series(1, 2500) i`,
    );
    await fixture.keys.run(request(), work);

    const swept = await Promise.all([fixture.keys.sweep(), new IdempotencyKeys(fixture.operator).sweep()]);

    expect(swept.reduce((sum, count) => sum + count)).toBe(2_500);
    expect(await fixture.keys.run(request(), work)).toMatchObject({ replayed: true });
  });
});

function hashOf(key: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['', 'alice', 'POST', '/things', key]))
    .digest();
}
