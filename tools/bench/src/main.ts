import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from './bench.errors.js';
import { benchIdentity } from './identity/identity-bench.js';
import { partsText, partsVerdicts } from './report/parts-report.js';
import { benchMessaging } from './messaging-bench.js';
import { benchOrders } from './orders/orders-bench.js';
import { benchStreaming } from './streaming/streaming-bench.js';
import { benchStartup } from './startup/startup-bench.js';
import { startupText, startupVerdicts } from './startup/startup-report.js';
import { type BenchOptions, type Suite, USAGE, benchOptions } from './options.js';
import { type Verdict, verdicts } from './report/bounds.js';
import { messagingSection, reportText } from './report/document.js';
import { type RunSuite } from './report/suite-of-parts.js';
import { suiteSection, withSection } from './report/suite-section.js';
import { QueueServer } from './server/queue-server.js';

// Entry of `npm run bench`: progress to stderr, figures to stdout.

const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

/** What a run has to say, whatever the suite. */
interface Outcome {
  readonly report: object;
  readonly bounds: readonly Verdict[];
  readonly text: string;
  readonly section: string;
}

const progress = (line: string): void => console.error(line);

async function messaging(options: BenchOptions): Promise<Outcome> {
  const server = await QueueServer.start();
  Object.assign(process.env, server.env);
  try {
    const report = await benchMessaging(options, server, progress);
    return { report, bounds: verdicts(report), text: reportText(report), section: messagingSection(report) };
  } finally {
    await server.stop();
  }
}

async function startup(options: BenchOptions): Promise<Outcome> {
  const report = await benchStartup(options, progress);
  const text = startupText(report);
  return { report, bounds: startupVerdicts(report), text, section: suiteSection('startup', { ...report, text }) };
}

/** A suite of parts. */
const ofParts =
  (suite: Exclude<Suite, 'messaging' | 'startup'>, run: RunSuite) =>
  async (options: BenchOptions): Promise<Outcome> => {
    const report = await run(options, progress);
    const text = partsText(report);
    return { report, bounds: partsVerdicts(report), text, section: suiteSection(suite, { ...report, text }) };
  };

const suites: Record<Suite, (options: BenchOptions) => Promise<Outcome>> = {
  messaging,
  identity: ofParts('identity', benchIdentity),
  orders: ofParts('orders', benchOrders),
  streaming: ofParts('streaming', benchStreaming),
  startup,
};

async function bench(options: BenchOptions): Promise<number> {
  const { report, bounds, text, section } = await suites[options.suite](options);
  console.log(options.json ? JSON.stringify({ ...report, bounds }, null, 2) : text);
  if (options.write) {
    const written = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
    writeFileSync(DOCUMENT, withSection(written, options.suite, section));
  }
  const missed = bounds.filter(({ holds }) => holds === false);
  for (const { claim } of missed) progress(`missed: ${claim}`);
  return options.check && missed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await bench(benchOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
