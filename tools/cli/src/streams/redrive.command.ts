import { store } from '@lethe/contracts';
import { redriveLetters } from '@lethe/streaming/dead-letters';
import { resourcesOf } from '@lethe/topology';
import { withAws } from '../messaging/aws.js';
import { CommandFailed } from '../output.js';
import { Counter } from '../progress.js';
import { interruptible, print } from '../terminal.js';
import { type StreamsContext, type StreamsOptions, nameOf } from './streams.command.js';

export interface RedriveStreamOptions extends StreamsOptions {
  readonly application: string;
  readonly queue?: string;
  readonly limit?: number;
  readonly dryRun?: true;
}

/** `lethe streams redrive`: puts records that an application has parked back into their stream. */
export async function redriveStreamCommand(context: StreamsContext, options: RedriveStreamOptions): Promise<void> {
  const { application, limit, dryRun } = options;
  const stream = nameOf(context.stream);
  const queue = options.queue ?? deadLettersOf(application);
  const counter = new Counter(options.json === true ? undefined : context.terminal.err);
  const report = await withAws(context.config, options, (clients) =>
    interruptible((signal) =>
      redriveLetters({
        clients,
        queue,
        stream,
        application,
        limit,
        dryRun,
        signal,
        onProgress: (done, of) => counter.update(`${done} of ${of} records`),
      }),
    ),
  );
  counter.end();
  print(context.terminal, options.json, { queue, stream, application, dryRun: dryRun === true, ...report }, () =>
    dryRun === true
      ? `${report.letters} records of ${report.scanned} messages would go from ${queue} to ${stream}\n`
      : `${report.redriven} records of ${report.letters} went from ${queue} to ${stream}\n`,
  );
  const complaints = [
    report.gone > 0 ? `${report.gone} records are gone: neither their letters nor the stream have them` : '',
    report.undeleted > 0 ? `${report.undeleted} letters went, but are still in ${queue}` : '',
    report.failures.length > 0
      ? `${stream} did not take ${report.failures.length}: ${[...new Set(report.failures)].join('; ')}`
      : '',
  ].filter((complaint) => complaint !== '');
  if (complaints.length > 0) throw new CommandFailed(complaints.join('; '));
}

/** Where the service of that name parks what it cannot handle. */
function deadLettersOf(application: string): string {
  const queue = resourcesOf(store).queues.find(({ owner }) => owner === application);
  if (!queue)
    throw new CommandFailed(`no service is called ${application}: name the queue of its dead letters with --queue`);
  return queue.deadLetterQueue;
}
