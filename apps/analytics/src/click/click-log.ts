import type { Logger } from '@lethe/service-kit';
import type { ConsumerEvent, ConsumerListener } from '@lethe/streaming';

/** Writes what the consumer group tells into the service's log. */
export function logConsumer(logger: Logger): ConsumerListener {
  return (event) => {
    const { type, ...about } = event;
    logger[levelOf(event)](
      'error' in event ? { ...about, error: undefined, err: event.error } : about,
      `clicks: ${type}`,
    );
  };
}

function levelOf({ type }: ConsumerEvent): 'debug' | 'info' | 'warn' | 'error' {
  switch (type) {
    case 'batch-handled':
      return 'debug';
    case 'lease-lost':
    case 'iterator-expired':
      return 'warn';
    case 'handler-failed':
    case 'failed':
      return 'error';
    case 'lease-taken':
    case 'lease-asked-for':
    case 'lease-released':
    case 'shard-ended':
      return 'info';
  }
}
