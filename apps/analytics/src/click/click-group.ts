import type { AwsClients } from '@lethe/aws';
import { Clicks, analyticsService, leasesTable } from '@lethe/contracts';
import { CommitOutcomeUnknownError, DatabaseUnavailableError, TransactionRetriesExhaustedError } from '@lethe/database';
import type { Logger, Metrics } from '@lethe/service-kit';
import { ConsumerGroup } from '@lethe/streaming';
import { SqsDeadLetters } from '@lethe/streaming/dead-letters';
import { StreamMetrics } from '@lethe/streaming/metrics';
import type { PostgresCheckpoints } from '@lethe/streaming/postgres';
import { type Topology, deadLetterQueueName, streamName } from '@lethe/topology';
import type { CommandBus } from '@nestjs/cqrs';
import { logConsumer } from './click-log.js';
import { RecordClicks } from './record-clicks.js';

/** Under what the stream is read, in its leases and checkpoints. */
export const APPLICATION = 'analytics';

interface ClickGroupParts {
  readonly topology: Topology;
  /** Name of this replica in the leases. */
  readonly worker: string;
  readonly clients: AwsClients;
  readonly commands: CommandBus;
  readonly checkpoints: PostgresCheckpoints;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Reads the stream of clicks: each batch once, and what is no click into the service's dead-letter queue (R21). */
export function clickGroup(parts: ClickGroupParts): ConsumerGroup<typeof Clicks> {
  const { topology, worker, clients, commands, checkpoints, logger, metrics } = parts;
  const stream = streamName(topology.name, Clicks);
  const shown = new StreamMetrics(metrics.registry);
  const count = shown.listener(stream);
  const log = logConsumer(logger);
  const queue = deadLetterQueueName(topology.name, analyticsService.name, analyticsService.queue);
  const group = new ConsumerGroup({
    definition: Clicks,
    stream,
    application: APPLICATION,
    worker,
    leaseTable: leasesTable.name,
    clients,
    // What a batch costs besides its events is shared by more of them.
    batchSize: 2_000,
    handle: (batch) => commands.execute(new RecordClicks(batch)),
    retry: { isTransient },
    deadLetters: new SqsDeadLetters({ sqs: clients.sqs, queue }),
    checkpoints,
    onEvent: (event) => {
      count(event);
      log(event);
    },
  });
  shown.watch(stream, group);
  return group;
}

/** Whether the database, not the batch, is at fault: then the batch waits for it. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailableError ||
    error instanceof TransactionRetriesExhaustedError ||
    error instanceof CommitOutcomeUnknownError
  );
}
