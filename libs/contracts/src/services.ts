import { store } from './store.js';

type StoreServiceName = (typeof store)['services'][number]['name'];

/** A service of the store that answers HTTP, and runs as long as it is needed. */
export interface ServiceResource {
  readonly name: StoreServiceName;
  /** The paths that balancers send to it, each with all that is below it. */
  readonly paths: readonly string[];
  /** Whether it calls hosts outside AWS: the payment provider, or the range service of breached passwords. */
  readonly callsOut: boolean;
}

/** The services that run in containers. The others of the topology are functions. */
export const storeServices: readonly ServiceResource[] = [
  { name: 'auth', paths: ['/auth'], callsOut: true },
  { name: 'catalog', paths: ['/catalog'], callsOut: false },
  { name: 'orders', paths: ['/orders', '/carts', '/payments'], callsOut: true },
  { name: 'analytics', paths: ['/analytics'], callsOut: false },
];
