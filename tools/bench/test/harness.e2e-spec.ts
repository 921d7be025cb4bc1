import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BenchProcessError } from '../src/bench.errors.js';
import { bareLoop } from '../src/contenders/bare-loop.contender.js';
import { measureConsumer } from '../src/measure-consumers.js';
import { measureSender } from '../src/measure-senders.js';
import { runProcess } from '../src/processes/run-process.js';
import { sdkBatches } from '../src/senders/sdk.senders.js';
import { QueueServer } from '../src/server/queue-server.js';

const window = { warmUp: 100, warmUpMs: 5_000, measured: 1_000, capMs: 10_000 };
let server: QueueServer;

beforeAll(async () => {
  server = await QueueServer.start();
  Object.assign(process.env, server.env);
});
afterAll(() => server.stop());

describe('the harness', () => {
  it('watches a consumer in a process of its own, with one slow message in exactly a hundred', async () => {
    const settings = { polls: 4, handlers: 400 };
    const run = { contender: bareLoop, workload: 'mixed', at: 'best', settings } as const;

    const row = await measureConsumer(run, server, { window, repeat: 1, flags: [] });

    expect(row).toMatchObject({ measured: 1_000, capped: false, settings: '4 polls, 400 handlers' });
    // Two calls for ten messages at best; a call that began before the window is not counted in it.
    expect(row.callsPerMessage).toBeGreaterThan(0.19);
    expect(row.callsPerMessage).toBeLessThan(1);
    expect(row.medianMs).toBeGreaterThan(2);
    expect(row.p99Ms).toBeLessThan(5_000);
    expect(row.cpuMsPerMessage).toBeGreaterThan(0);
    expect(row.peakMiB).toBeGreaterThan(20);
  });

  it('counts the requests of a sender', async () => {
    const row = await measureSender(sdkBatches.name, window, server);

    expect(row.callsPerMessage).toBeCloseTo(0.1, 2);
  });

  it('tells what became of a process without a result', async () => {
    const job = { contender: 'nobody', window };

    await expect(runProcess('consume', job, { env: server.env })).rejects.toThrow(BenchProcessError);
    await expect(runProcess('consume', job, { env: server.env })).rejects.toThrow('there is no contender nobody');
  });
});
