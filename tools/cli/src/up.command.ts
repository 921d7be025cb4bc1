import { type RunningStore, startStore } from '@lethe/store';
import type { CliConfig } from './cli.config.js';
import { ADMIN_EMAIL } from './connect.js';
import { Counter } from './progress.js';

export interface UpOptions {
  readonly replicas: number;
  readonly fresh?: true;
  readonly seed: boolean;
  readonly identity: 'own' | 'cognito';
}

/** `lethe up`, which is `npm start`: the whole store, until Ctrl-C drains it. */
export async function upCommand(config: CliConfig, options: UpOptions): Promise<void> {
  const started = performance.now();
  const counter = new Counter(process.stdout);
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped.resolve(signal);
      // Asked twice: no drain. Everything that was started ends with this process.
      process.once(signal, () => process.exit(130));
    });
  }
  const store = await startStore({
    dataDir: config.dataDir,
    port: config.port,
    replicas: options.replicas,
    fresh: options.fresh ?? false,
    seed: options.seed,
    identityProvider: options.identity,
    retailFile: config.retailFile,
    adminPassword: config.adminPassword,
    onEvent: ({ level, text }) => {
      if (level === 'progress') {
        counter.update(text);
        return;
      }
      counter.end();
      process.stdout.write(`${level === 'warning' ? 'note: ' : ''}${text}\n`);
    },
  });
  counter.end();
  process.stdout.write(welcome(store, config.adminPassword !== undefined, (performance.now() - started) / 1_000));
  await stopped.promise;
  process.stdout.write('\ndraining: no new work, work in hand is finished …\n');
  await store.stop();
  process.stdout.write('stopped; everything is kept in the data folder\n');
}

function welcome({ url, adminPassword, mailUrl }: RunningStore, passwordWasGiven: boolean, seconds: number): string {
  return [
    '',
    `Lethe is ready after ${seconds.toFixed(1)} s`,
    '',
    `  console    ${url}/`,
    `  catalogue  ${url}/catalog/products`,
    `  API        ${['auth', 'catalog', 'orders', 'analytics'].map((name) => `${url}/${name}/docs`).join('  ')}`,
    `  mail       ${mailUrl}/  (what the store sends goes no further)`,
    `  admin      ${ADMIN_EMAIL}  ${passwordWasGiven ? '(the password in LETHE_ADMIN_PASSWORD)' : adminPassword}`,
    '',
    'Ctrl-C drains and stops; the data stays.',
    '',
  ].join('\n');
}
