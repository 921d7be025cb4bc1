import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type Tx } from '@lethe/database';
import { IdempotencyKeys } from '../src/idempotency-keys.js';
import { IdempotencyModule } from '../src/idempotency.module.js';
import { describeIdempotency } from './describe-idempotency.js';
import { IdempotencyFixture } from './fixture.js';
import { Effects, ThingsApp } from './things.app.js';

describeIdempotency(
  'Postgres',
  async () => {
    const fixture = await IdempotencyFixture.create();
    return {
      replica: () => fixture.keys,
      away: async () => {
        const down = new Database({ url: fixture.server.url, service: 'down', migrations: [] });
        await down.open();
        await down.close();
        return new IdempotencyKeys(down);
      },
      // The claim is a lock of the connection, and gone with it.
      die: (context) => fixture.kill(context as Tx),
      passTime: async (ms) => {
        const earlier = `UPDATE idempotency_key SET expires_at = expires_at - $1 * interval '1 millisecond'`;
        await fixture.operator.dataSource.query(earlier, [ms]);
      },
      failure: 'rolled back',
      clear: () => fixture.clear(),
      close: () => fixture.close(),
    };
  },
  'Fastify',
);

describe('IdempotentContext on Postgres', () => {
  let fixture: IdempotencyFixture;
  beforeAll(async () => {
    fixture = await IdempotencyFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(() => fixture.clear());

  it('I8: is the transaction that the key is written in: both are committed, or neither is', async () => {
    const app = await ThingsApp.start(fixture.keys, new Effects(), 'Fastify');

    const failed = await app.ask({ key: 'a', path: '/things/written', body: { name: 'broken' } });
    expect([failed.status, await fixture.effects()]).toEqual([500, 0]);

    const made = await app.ask({ key: 'a', path: '/things/written' });
    const again = await app.ask({ key: 'a', path: '/things/written' });
    expect([made.replayed, again.replayed, await fixture.effects()]).toEqual([false, true, 1]);
    await app.close();
  });

  it('I3 I4: takes the keys that IdempotencyModule provides, where the application gives none', async () => {
    class Backing {}
    const database = { provide: Database, useValue: fixture.database };
    const backing = { module: Backing, global: true, providers: [database], exports: [Database] };
    const app = await ThingsApp.start(undefined, new Effects(), 'Fastify', [backing, IdempotencyModule.forRoot()]);

    const answers = [await app.ask({ key: 'a' }), await app.ask({ key: 'a' })];

    expect(answers.map(({ replayed }) => replayed)).toEqual([false, true]);
    await app.close();
  });
});
