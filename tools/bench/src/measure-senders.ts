import type { Window } from './measure/probe.js';
import type { SendMeasurement } from './measure/send-meter.js';
import type { SendJob } from './processes/job.js';
import { runProcess } from './processes/run-process.js';
import { type SenderRow, senderRow } from './report/rows.js';
import { freshTopology } from './server/fresh-queue.js';
import type { QueueServer } from './server/queue-server.js';

/** Runs one sender on a queue of its own. */
export async function measureSender(sender: string, window: Window, server: QueueServer): Promise<SenderRow> {
  const topology = await freshTopology(server);
  const job: SendJob = { sender, topology, window };
  const measurement = await runProcess<SendMeasurement>('send', job, { env: server.env });
  await server.ask({ type: 'clear' });
  return senderRow(sender, measurement);
}
