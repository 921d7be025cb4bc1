import { storeFunctions, storeServices } from '@lethe/contracts';

/** The roles that code of the store has. The others are for parts of AWS: pipelines, state machines, schedules. */
export const STORE_ROLES: ReadonlySet<string> = new Set([
  ...storeServices.flatMap(({ name }) => [`lethe-${name}`, `lethe-${name}-migrate`]),
  ...storeFunctions.map(({ name }) => name),
]);
