import type { Limits } from '../data/limits.js';
import { shardsNeeded } from './messaging.js';
import { Load, type Situation, callsOf } from './load.js';
import type { Work } from '../data/profile.js';
import { storedGb } from './storage.js';

/** How near a component is to a limit, and when it reaches it. */
export interface Ceiling {
  /** Key in the file of limits. */
  readonly name: string;
  readonly component: string;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
  readonly needs: 'quota' | 'shard';
  readonly remedy: string;
  /** Of the limit, in the busiest minute of the demand. */
  readonly use: number;
  /** Orders a day, visits growing alike, from which on the limit does not do. Infinity where no order counts. */
  readonly reachedAt: number;
}

type Use = (load: Load) => number;

/** Calls a second in the busiest minute. */
const callsPerSecond =
  (pattern: RegExp): Use =>
  (load) =>
    load.services.reduce((sum, name) => {
      const service = load.situation.profile.services[name];
      if (service === undefined) return sum;
      const each = (work: Work): number => callsOf(work, pattern);
      return (
        sum +
        load.peakPerSecond(
          load.perOrder(each(service.perOrder), each(service.perOrderTogether)),
          each(service.perVisit),
        )
      );
    }, 0);

const requestsPerSecond: Use = (load) =>
  Object.values(load.situation.profile.services).reduce(
    (sum, { perOrder, perVisit }) => sum + load.peakPerSecond(perOrder.requests, perVisit.requests),
    0,
  );

const mostTasks: Use = (load) =>
  Math.max(0, ...load.services.map((name) => load.most((hour) => load.tasks(name, hour))));
const allTasks: Use = (load) =>
  load.services.reduce((sum, name) => sum + load.most((hour) => load.tasks(name, hour)), 0);

/** What of the load meets which limit. */
const CEILINGS: readonly { readonly name: string; readonly component: string; readonly use: Use }[] = [
  { name: 'fargate-vcpus', component: 'services', use: (load) => allTasks(load) * load.taskSize.vcpu },
  { name: 'tasks-per-service', component: 'services', use: mostTasks },
  { name: 'alb-targets', component: 'network', use: allTasks },
  {
    name: 'lambda-concurrency',
    component: 'functions',
    use: (load) => {
      const { workflow, mailsPerOrder } = load.situation.profile;
      return load.peakPerSecond(workflow.invocationsPerOrder + mailsPerOrder, 0) * workflow.secondsPerInvocation;
    },
  },
  { name: 'states-starts', component: 'functions', use: (load) => load.peakPerSecond(1, 0) },
  {
    name: 'states-transitions',
    component: 'functions',
    use: (load) => load.peakPerSecond(load.situation.profile.workflow.transitionsPerOrder, 0),
  },
  {
    name: 'ses-rate',
    component: 'functions',
    use: (load) => load.peakPerSecond(load.situation.profile.mailsPerOrder, 0),
  },
  { name: 'aurora-acu', component: 'database', use: (load) => load.most((hour) => load.acu(hour)) },
  { name: 'aurora-storage', component: 'database', use: storedGb },
  { name: 'dynamodb-writes', component: 'tables', use: callsPerSecond(/^dynamodb\.(Put|Update|Delete|Transact)/) },
  {
    name: 'valkey-ecpu',
    component: 'cache',
    use: (load) => {
      const { valkey } = load.situation.profile;
      return load.peakPerSecond(valkey.commandsPerOrder, valkey.commandsPerVisit);
    },
  },
  { name: 'sns-publish', component: 'messages', use: callsPerSecond(/^sns\.Publish/) },
  {
    name: 'kinesis-on-demand',
    component: 'streams',
    use: (load) => {
      const { clicksPerVisit, assumptions } = load.situation.profile;
      return (load.peakPerSecond(0, clicksPerVisit) * assumptions.clickBytes.value) / 1_048_576;
    },
  },
  {
    name: 'kinesis-shard-records',
    component: 'streams',
    use: (load) => load.peakPerSecond(0, load.situation.profile.clicksPerVisit),
  },
  { name: 'kinesis-shards', component: 'streams', use: shardsNeeded },
  { name: 'cloudfront-requests', component: 'edge', use: requestsPerSecond },
  { name: 's3-lake-writes', component: 'lake', use: callsPerSecond(/^s3\.(Put|Copy|Create)/) },
];

/** More than everybody on earth orders. */
const BEYOND = 1e12;

/** Every limit, with how much of it is used and at how many orders a day it is reached. */
export function ceilings(situation: Situation, { limits }: Limits): Ceiling[] {
  return CEILINGS.flatMap(({ name, component, use }) => {
    const found = limits[name];
    if (found === undefined) return [];
    const { limit, unit, source, raise, remedy } = found;
    const now = use(new Load(situation)) / limit;
    return [
      {
        name,
        component,
        limit,
        unit,
        source,
        needs: raise,
        remedy,
        use: now,
        reachedAt: pointOf(situation, use, limit),
      },
    ];
  });
}

/** The fewest orders a day at which the use is above the limit, found by halving: use never falls as orders grow. */
function pointOf(situation: Situation, use: Use, limit: number): number {
  const { ordersPerDay, visitsPerDay } = situation.demand;
  const visitsPerOrder = ordersPerDay === 0 ? 0 : visitsPerDay / ordersPerDay;
  const isAbove = (orders: number): boolean =>
    use(new Load({ ...situation, demand: { ordersPerDay: orders, visitsPerDay: orders * visitsPerOrder } })) > limit;
  if (!isAbove(BEYOND)) return Infinity;
  let [below, above] = [0, BEYOND];
  while (above - below > Math.max(1, below * 0.001)) {
    const middle = below < 1 ? above / 1_000 : Math.sqrt(below * above);
    if (isAbove(middle)) above = middle;
    else below = middle;
  }
  return Math.ceil(above);
}
