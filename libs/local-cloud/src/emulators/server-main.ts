import { rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { type EmulatorOptions, type EmulatorReport, type RunningEmulator } from './emulator-options.js';
import { systemErrorCode } from '../system-error.js';

// Entry of an embedded server's own process. It ends with its parent: the IPC channel closes when the parent dies.

type Runner = (options: EmulatorOptions) => Promise<RunningEmulator>;

/** Each process loads only the server that it runs. */
const runners: Record<EmulatorOptions['kind'], () => Promise<Runner>> = {
  postgres: async () => (await import('./postgres/postgres.js')).runPostgres,
  fauxqs: async () => (await import('./fauxqs.js')).runFauxqs,
  dynamodb: async () => (await import('./dynamodb.js')).runDynamodb,
  kinesis: async () => (await import('./kinesis.js')).runKinesis,
  ses: async () => (await import('./ses.js')).runSes,
  valkey: async () => (await import('./valkey/valkey.js')).runValkey,
  sfn: async () => (await import('./sfn.js')).runSfn,
  cognito: async () => (await import('./cognito/cognito.js')).runCognito,
};

function report(message: EmulatorReport): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

async function main(options: EmulatorOptions): Promise<void> {
  const orphaned = new Promise<'orphaned'>((resolve) => process.once('disconnect', () => resolve('orphaned')));
  const asked = new Promise<'asked'>((resolve) => process.once('SIGTERM', () => resolve('asked')));
  // A terminal's Ctrl-C is the parent's business: it drains the services before it ends what they need.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);

  enableCompileCache();
  const run = await runners[options.kind]();
  const server = await run(options);
  await report({ type: 'ready' });
  const why = await Promise.race([orphaned, asked, server.ended.then((): 'ended' => 'ended')]);
  if (why === 'ended') throw new Error(`${options.kind} ended by itself`);
  await server.stop();
  if (why === 'orphaned' && options.ephemeral) rmSync(options.dataDir, { recursive: true, force: true });
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as EmulatorOptions);
  process.exit(0);
} catch (error) {
  console.error(error);
  const code = systemErrorCode(error);
  await report({
    type: 'failed',
    message: error instanceof Error ? error.message : String(error),
    ...(code === undefined ? {} : { code }),
  });
  process.exit(1);
}
