// A parent of replicas that a test can kill: prints their pids once they are ready.
import { ReplicaSet } from '../../dist/index.js';

const [entry, logDir, mode] = process.argv.slice(2);
const set = new ReplicaSet({ name: 'orders', entry, count: 2, env: { MODE: mode }, logDir, drainMs: 500 });
await set.start();
process.stdout.write(JSON.stringify(set.replicas().map(({ pid }) => pid)));
