import { type Cloud, startTestCloud } from '@lethe/local-cloud';
import type { Window } from './measure/probe.js';
import type { SendMeasurement } from './measure/send-meter.js';
import type { LatencyJob, LatencyResult, RelayJob } from './processes/job.js';
import { runProcess } from './processes/run-process.js';
import { type SenderRow, senderRow } from './report/rows.js';
import { ONE_RELAY } from './senders/names.js';
import { freshTopology } from './server/fresh-queue.js';
import type { QueueServer } from './server/queue-server.js';

/** PostgreSQL, for what has to do with the outbox. */
export class OutboxBench {
  private constructor(
    private readonly cloud: Cloud,
    private readonly server: QueueServer,
  ) {}

  static async start(server: QueueServer): Promise<OutboxBench> {
    return new OutboxBench(await startTestCloud(), server);
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }

  /** Lets relays empty an outbox that is full. */
  async measureRelay(relays: number, window: Window): Promise<SenderRow> {
    const topology = await freshTopology(this.server);
    const databaseUrl = await this.cloud.ensureDatabase(topology.replaceAll('-', '_'));
    const job: RelayJob = { databaseUrl, topology, relays, window };
    const measurement = await runProcess<SendMeasurement>('relay', job, { env: this.server.env });
    await this.server.ask({ type: 'clear' });
    return senderRow(relays === 1 ? ONE_RELAY : `Lethe outbox, ${relays} relays`, measurement);
  }

  /** Milliseconds from a commit to the handler, through outbox, relay, SNS and SQS, when there is nothing else to do. */
  async measureLatency(rounds: number): Promise<readonly number[]> {
    const topology = await freshTopology(this.server);
    const databaseUrl = await this.cloud.ensureDatabase(topology.replaceAll('-', '_'));
    const job: LatencyJob = { databaseUrl, topology, rounds };
    return (await runProcess<LatencyResult>('latency', job, { env: this.server.env })).latencies;
  }
}
