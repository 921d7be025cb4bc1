import { dollars, inCents } from '../model/cents.js';
import { sumsOf } from '../model/estimate.js';
import { tableOf } from '../report/table.js';
import type { DeploymentPlan } from './plan.js';
import type { Precondition } from './preconditions.js';

/** A plan for a terminal. */
export function planText(plan: DeploymentPlan, preconditions: readonly Precondition[]): string {
  const resources = plan.stacks.reduce((sum, stack) => sum + stack.resources, 0);
  const parts = [
    `stage ${plan.stage} in ${plan.region}: ${resources} resources in ${plan.stacks.length} stacks`,
    tableOf(
      ['stack', 'resources'],
      plan.stacks.map(({ stack, resources: count }) => [stack, String(count)]),
    ),
    tableOf(
      ['kind', 'count'],
      plan.kinds.map(({ type, count }) => [type, String(count)]),
    ),
    roles(plan),
    cost(plan),
    ...(preconditions.length === 0
      ? []
      : [preconditions.map(({ met, name, says }) => `${met ? 'ok' : 'NO'}  ${name}: ${says}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function roles({ roles: found }: DeploymentPlan): string {
  return tableOf(
    ['role', 'may', 'on'],
    found.flatMap(({ role, statements }) =>
      statements.map(({ effect, actions, resources }, at) => [
        at === 0 ? role : '',
        `${effect === 'Allow' ? '' : 'not '}${actions.join(', ')}`,
        `${resources} ${resources === 1 ? 'resource' : 'resources'}`,
      ]),
    ),
  );
}

function cost({ cost: estimate, demand }: DeploymentPlan): string {
  const sums = sumsOf(estimate.lines, ({ component }) => component);
  const cents = inCents([...sums.values()]);
  const total = cents.reduce((sum, amount) => sum + amount, 0);
  const table = tableOf(
    ['costs', 'USD a month'],
    [...[...sums.keys()].map((name, at) => [name, dollars(cents[at] ?? 0)]), ['total', dollars(total)]],
  );
  return `at ${demand.ordersPerDay} orders and ${demand.visitsPerDay} visits a day, by the model of lethe cost:\n${table}`;
}
