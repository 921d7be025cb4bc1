import { contenderNames, loadContender } from './contenders/registry.js';
import { consumerRuns, measureConsumer, tuneRuns } from './measure-consumers.js';
import { figure, markdownTable } from './report/table.js';
import { QueueServer } from './server/queue-server.js';
import type { WorkloadName } from './workload.js';

const [only = '', workload = 'none,steady,mixed', flags = '', tune = ''] = process.argv.slice(2);
const server = await QueueServer.start();
Object.assign(process.env, server.env);
const rows = [];
const names = contenderNames.filter((name) => new RegExp(only).test(name));
const loaded = (await Promise.all(names.map((name) => loadContender(name)))).flatMap((it) => it ?? []);
const list = (workload.split(',')) as WorkloadName[];
const runs = tune === '' ? consumerRuns(loaded, list) : tuneRuns(loaded, list, tune.split(',').map(Number));
for (const run of runs) {
  const row = await measureConsumer(run, { warmUp: 2_000, warmUpMs: 1_000, measured: 20_000, capMs: 8_000 }, server, {
    repeat: 1,
    flags: flags === '' ? [] : flags.split(' '),
  });
  rows.push(row);
  console.error(row.workload, row.contender, row.at, row.settings, Math.round(row.messagesPerSecond), Math.round(row.p99Ms));
}
console.log(
  markdownTable(
    ['contender', 'work', 'settings', 'msg/s', 'CPU ms', 'calls', 'median', 'p99', 'MiB', 'n'],
    rows.map((r) => [r.contender, r.workload, r.settings, figure(r.messagesPerSecond), figure(r.cpuMsPerMessage, 3), figure(r.callsPerMessage, 3), figure(r.medianMs, 1), figure(r.p99Ms, 1), figure(r.peakMiB), figure(r.measured)]),
  ),
);
await server.stop();
