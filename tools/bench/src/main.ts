import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from './bench.errors.js';
import { benchMessaging } from './messaging-bench.js';
import { type BenchOptions, USAGE, benchOptions } from './options.js';
import { verdicts } from './report/bounds.js';
import { reportDocument, reportText } from './report/document.js';
import { QueueServer } from './server/queue-server.js';

// Entry of `npm run bench`: progress to stderr, figures to stdout.

const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

async function bench(options: BenchOptions): Promise<number> {
  const server = await QueueServer.start();
  Object.assign(process.env, server.env);
  try {
    const report = await benchMessaging(options, server, (line) => console.error(line));
    console.log(options.json ? JSON.stringify({ ...report, bounds: verdicts(report) }, null, 2) : reportText(report));
    if (options.write) writeFileSync(DOCUMENT, reportDocument(report));
    const missed = verdicts(report).filter(({ holds }) => holds === false);
    for (const { claim } of missed) console.error(`missed: ${claim}`);
    return options.check && missed.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

try {
  process.exitCode = await bench(benchOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
