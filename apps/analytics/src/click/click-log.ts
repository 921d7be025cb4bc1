import type { Logger } from '@lethe/service-kit';
import type { ConsumerEvent, ConsumerListener } from '@lethe/streaming';

const LEVELS = {
  'batch-handled': 'debug',
  'lease-taken': 'info',
  'lease-asked-for': 'info',
  'lease-released': 'info',
  'shard-ended': 'info',
  'iterator-expired': 'warn',
  'lease-lost': 'warn',
  'handler-failed': 'error',
  failed: 'error',
} as const satisfies Record<ConsumerEvent['type'], string>;

/** Writes what the consumer group tells into the service's log; an error under pino's own name for it. */
export function logConsumer(logger: Logger): ConsumerListener {
  return (event) => {
    const fields = Object.entries(event).map(([name, value]) => [name === 'error' ? 'err' : name, value]);
    logger[LEVELS[event.type]](Object.fromEntries(fields), `clicks: ${event.type}`);
  };
}
