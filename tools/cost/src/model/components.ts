import { computeUsage, functionUsage } from './compute.js';
import { edgeUsage, networkUsage } from './edge.js';
import type { Load } from './load.js';
import { messageUsage, streamUsage } from './messaging.js';
import { cacheUsage, databaseUsage, lakeUsage, tableUsage } from './storage.js';
import type { Usage } from './usage.js';
import { secretUsage, watchingUsage } from './watching.js';

/** A part of what is paid for. */
export interface Component {
  readonly name: string;
  readonly usage: (load: Load) => readonly Usage[];
}

/** All that is paid for, in the order in which it is shown. */
export const COMPONENTS: readonly Component[] = [
  { name: 'services', usage: computeUsage },
  { name: 'functions', usage: functionUsage },
  { name: 'database', usage: databaseUsage },
  { name: 'tables', usage: tableUsage },
  { name: 'cache', usage: cacheUsage },
  { name: 'messages', usage: messageUsage },
  { name: 'streams', usage: streamUsage },
  { name: 'lake', usage: lakeUsage },
  { name: 'edge', usage: edgeUsage },
  { name: 'network', usage: networkUsage },
  { name: 'watching', usage: watchingUsage },
  { name: 'secrets', usage: secretUsage },
];
