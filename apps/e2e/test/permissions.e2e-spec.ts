import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QUICK_WORKFLOWS, dataFile, driftOf, measureOrders, profileSchema, readData } from '@lethe/cost';
import { STORE_ROLES, type RoleStatement, UNSEEN, lacking, linesOf, stale, unused } from '@lethe/infra/audit';
import { type RunningStore, root, startStore } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { synthesizedRoles } from '../src/store-roles.js';
import { useWholeStore } from '../src/whole-store.js';

/** Enough for a call more or less in each of them to stand out of what batches do by chance. */
const ORDERS = 20;
const PATIENT = { timeoutMs: 60_000, everyMs: 500 };
let dataDir: string;
let store: RunningStore;
let statements: readonly RoleStatement[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-permissions-'));
  [store, statements] = await Promise.all([
    startStore({
      dataDir,
      port: 0,
      replicas: 1,
      fresh: false,
      seed: true,
      logLevel: 'warn',
      settings: QUICK_WORKFLOWS,
      recordCalls: join(dataDir, 'calls'),
    }),
    synthesizedRoles(),
  ]);
}, 300_000);

afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

describe('the store, with every call to AWS written down', () => {
  it('takes as many calls for an order as the profile says, by which costs are told', async () => {
    const profile = readData(dataFile('profile.json'), profileSchema);

    expect(driftOf(profile, await measureOrders(store, profile, ORDERS))).toEqual([]);
  }, 300_000);

  it('S57: has roles that allow every call that it makes', async () => {
    await useWholeStore(store);

    expect(linesOf(lacking(statements, store.recordedCalls(), STORE_ROLES))).toEqual([]);
  }, 180_000);

  it('S57: has roles that allow nothing but what it does, and what a list says why', async () => {
    await eventually(
      () => expect(linesOf(unused(statements, store.recordedCalls(), STORE_ROLES, UNSEEN))).toEqual([]),
      PATIENT,
    );
  }, 90_000);

  it('S57: excuses no grant that no role has any more, nor by a test that is gone', () => {
    expect(stale(statements, STORE_ROLES, UNSEEN)).toEqual([]);
    const tests = UNSEEN.flatMap(({ shownBy }) => (shownBy === undefined ? [] : [shownBy]));
    expect(tests.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('S57: would notice a grant that is missing, and one that is too much', () => {
    const calls = store.recordedCalls();
    const without = statements.map((one) => ({
      ...one,
      actions: one.actions.filter((action) => action !== 'states:StartExecution'),
    }));
    const orders = statements.find(({ role }) => role === 'lethe-orders');
    const more = {
      ...orders,
      role: 'lethe-orders',
      actions: ['sqs:PurgeQueue'],
      resources: ['*'],
      otherConditions: [],
    };

    expect(new Set(lacking(without, calls, STORE_ROLES).map(({ role }) => role))).toEqual(new Set(['lethe-orders']));
    expect(unused([{ ...more, because: 'tidies up' }], calls, STORE_ROLES, UNSEEN)).toEqual([
      { role: 'lethe-orders', action: 'sqs:PurgeQueue', resource: '*', about: 'tidies up' },
    ]);
  });
});
