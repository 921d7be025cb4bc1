import type { SendMeter } from '../measure/send-meter.js';
import type { BenchTopology } from '../topology.js';

export interface SendContext {
  readonly region: string;
  readonly accountId: string;
  readonly queueUrl: string;
  readonly topology: BenchTopology;
  readonly meter: SendMeter;
}

/** One way to send commands to a queue, until the meter is full. */
export interface Sender {
  readonly name: string;
  readonly send: (context: SendContext) => Promise<void>;
}

/** Runs so many loops at once until the meter is full. */
export async function inParallel(loops: number, meter: SendMeter, step: () => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (!meter.full) await step();
    }),
  );
}
