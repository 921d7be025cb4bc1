import { describe, expect, it } from '@jest/globals';
import { stageNamed } from '../data/cost-data.js';
import { dataFile, readData } from '../data/read-data.js';
import { baselineSchema, judge } from './gate.js';
import { data } from './situation.fixture.js';

const baseline = readData(dataFile('baseline.json'), baselineSchema);
const situation = { profile: data.profile, platform: data.platform, stage: stageNamed(baseline.stage) };

describe('the gate', () => {
  it('passes what is committed', () => {
    expect(judge(baseline, situation, data.prices, 0.05).every(({ passes }) => passes)).toBe(true);
  });

  it('does not pass a change that makes every order call more', () => {
    const orders = data.profile.services['orders'];
    if (orders === undefined) throw new Error('there is no service of that name');
    const heavier = { ...orders, perOrder: { ...orders.perOrder, cpuSeconds: orders.perOrder.cpuSeconds * 4 } };
    const steps = { ...data.profile.workflow, transitionsPerOrder: data.profile.workflow.transitionsPerOrder * 3 };
    const profile = { ...data.profile, services: { ...data.profile.services, orders: heavier }, workflow: steps };

    const judged = judge(baseline, { ...situation, profile }, data.prices, 0.05);

    expect(judged.filter(({ passes }) => !passes).length).toBeGreaterThan(0);
    expect(judge(baseline, { ...situation, profile }, data.prices, 10).every(({ passes }) => passes)).toBe(true);
  });

  it('lets through exactly the rise that is allowed', () => {
    const [first] = judge(baseline, situation, data.prices, 0);
    const another = { ...baseline, orders: [{ ordersPerDay: 1_000, visitsPerDay: 50_000, usdPerOrder: 1 }] };
    const [one] = judge(another, situation, data.prices, 0);
    expect(first?.rise).toBeCloseTo(0, 4);
    expect(one?.rise).toBeCloseTo((one?.now ?? 0) - 1, 9);
  });
});
