import { type QueueDepth, statusSchema } from '@lethe/store';
import type { CliConfig } from './cli.config.js';
import { storeUrl } from './connect.js';
import { CommandFailed, table } from './output.js';

/** `lethe queues list`: how full the running store's queues are. */
export async function queuesCommand(config: CliConfig, options: { json?: true }): Promise<void> {
  const url = storeUrl(config);
  const queues = await readQueues(url);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ queues })}\n`);
    return;
  }
  const rows = queues.map(({ name, waiting, inFlight, deadLetters }) => [name, waiting, inFlight, deadLetters]);
  process.stdout.write(`${table(['queue', 'waiting', 'in flight', 'dead letters'], rows)}\n`);
}

async function readQueues(url: string): Promise<readonly QueueDepth[]> {
  try {
    const answer = await fetch(new URL('/console/status', url), { signal: AbortSignal.timeout(5_000) });
    return statusSchema.parse(await answer.json()).queues;
  } catch (cause) {
    throw new CommandFailed(`no store answers at ${url}; start one with npm start`, { cause });
  }
}
