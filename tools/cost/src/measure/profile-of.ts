import { readdirSync, statSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '@lethe/store';
import { type Profile, profileSchema } from '../data/profile.js';
import { ASSUMPTIONS } from './assumptions.js';
import { CLICKS_PER_VISIT, ORDER, VISIT } from './shopper.js';
import { type Between, perEach, perHour } from './work.js';

/** What was done in a phase, and the bytes that shoppers received. */
export type Measured = Between & { readonly received: number };

/** What was measured, phase by phase. */
export interface Phases {
  readonly idle: Measured;
  readonly visit: Measured;
  readonly order: Measured;
  readonly together: Measured;
  readonly mails: number;
  readonly workflow: Profile['workflow'];
}

interface Counts {
  readonly visits: number;
  readonly orders: number;
  readonly together: number;
}

/** The profile that follows from the phases: what each visit and order took beyond what an idle store takes. */
export function profileOf(counts: Counts, phases: Phases): Profile {
  const { visit, order, together, workflow } = phases;
  return profileSchema.parse({
    source: `npm run measure in tools/cost. A visit: ${VISIT}. An order: ${ORDER}.`,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'} (${arch()}), Node ${process.version}`,
    orders: counts.orders + counts.together,
    visits: counts.visits,
    ...workOf(counts, phases),
    answers: {
      bytesPerVisit: Math.round(visit.received / counts.visits),
      bytesPerOrder: Math.round(order.received / counts.orders),
      staticBytesPerVisit: staticBytes(),
    },
    together: { ordersPerSecond: Number((counts.together / together.seconds).toPrecision(3)) },
    workflow,
    mailsPerOrder: phases.mails / counts.orders,
    clicksPerVisit: CLICKS_PER_VISIT,
    assumptions: ASSUMPTIONS,
  } satisfies Record<keyof Profile, unknown>);
}

function workOf(
  { visits, orders, together: many }: Counts,
  { idle, visit, order, together }: Phases,
): Pick<Profile, 'services' | 'database' | 'valkey'> {
  const perVisit = perEach(visit, idle, visits);
  const perOrder = perEach(order, idle, orders);
  const perOrderTogether = perEach(together, idle, many);
  return {
    services: servicesOf(perHour(idle, 1), perVisit, perOrder, perOrderTogether),
    database: {
      perVisit: perVisit.database,
      perOrder: perOrder.database,
      perOrderTogether: perOrderTogether.database,
      storedBytesPerOrder: perOrderTogether.storedBytes,
      storedBytesPerVisit: perVisit.storedBytes,
    },
    valkey: { commandsPerVisit: perVisit.valkeyCommands, commandsPerOrder: perOrder.valkeyCommands },
  };
}

function servicesOf(
  idle: ReturnType<typeof perHour>,
  visit: Between,
  order: Between,
  together: Between,
): Profile['services'] {
  return Object.fromEntries(
    Object.entries(idle).flatMap(([name, idlePerHour]) => {
      const [perVisit, perOrder, perOrderTogether] = [visit, order, together].map(({ services }) => services[name]);
      if (perVisit === undefined || perOrder === undefined || perOrderTogether === undefined) return [];
      return [[name, { idlePerHour, perVisit, perOrder, perOrderTogether }] as const];
    }),
  );
}

function staticBytes(): number {
  const dir = join(root, 'apps', 'web', 'public');
  return readdirSync(dir).reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
}
