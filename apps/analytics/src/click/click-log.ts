import type { Logger } from '@lethe/service-kit';
import type { ConsumerEvent, ConsumerListener } from '@lethe/streaming';

/** What is worth more than a line for whoever debugs. */
const LEVELS: Partial<Record<ConsumerEvent['type'], 'info' | 'warn' | 'error'>> = {
  'lease-taken': 'info',
  'lease-asked-for': 'info',
  'lease-released': 'info',
  'shard-ended': 'info',
  'iterator-expired': 'warn',
  'lease-lost': 'warn',
  'batch-divided': 'warn',
  'record-parked': 'error',
  'parking-failed': 'error',
  'handler-failed': 'error',
  failed: 'error',
};

/** Writes what the consumer group tells into the service's log; an error under pino's own name for it. */
export function logConsumer(logger: Logger): ConsumerListener {
  return (event) => {
    const fields = Object.entries(event).map(([name, value]) => [name === 'error' ? 'err' : name, value]);
    logger[LEVELS[event.type] ?? 'debug'](Object.fromEntries(fields), `clicks: ${event.type}`);
  };
}
