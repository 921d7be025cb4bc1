import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bundleFunctions } from './bundle-functions.ts';

// Cold starts of the bundles: a new process of Node, until it has loaded the function and has its first answer. Lambda
// adds the start of its microVM and the download of the code to that, which nobody can measure here.

/** What a process does in place of Lambda's runtime: load, invoke once, tell how that went and how much memory it took. */
const RUNTIME = `
  const { handler } = await import(process.argv[1]);
  const answer = await handler(JSON.parse(process.argv[2])).then(() => 'returned', (error) => error.name);
  console.info(JSON.stringify({ answer, rss: process.memoryUsage.rss() }));
  process.exit(0);`;

const ID = '01981c6e-0000-7000-8000-000000000001';
/** Events that make a function do the least it can. */
const EVENTS: Readonly<Record<string, object>> = {
  'add-claims': { request: { userAttributes: {} }, response: {} },
  'migrate-user': {
    triggerSource: 'UserMigration_ForgotPassword',
    userName: 'a@example.com',
    request: {},
    response: {},
  },
  'fulfilment-step': { step: 'pick', orderId: ID },
  'refund-step': { step: 'restock', refundId: ID },
};
const NO_RECORDS = { Records: [] };

interface Start {
  readonly ms: number;
  readonly rss: number;
  readonly answer: string;
}

async function startOnce(file: string, event: object, env: NodeJS.ProcessEnv): Promise<Start> {
  const since = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUNTIME, file, JSON.stringify(event)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"answer"')) continue;
    return { ms: performance.now() - since, ...(JSON.parse(line) as Omit<Start, 'ms'>) };
  }
  throw new Error(`${file} ended without an answer`);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Everything that the functions ask: it answers an empty object, which says that there is nothing to do. */
async function startStub(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // It listens on TCP.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function environment(url: string): NodeJS.ProcessEnv {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
    AUTH_URL: url,
    ORDERS_URL: url,
    CATALOG_URL: url,
    SERVICE_KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'functions:1' }),
  };
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, 'runtime-sdk': { type: 'boolean', default: false } },
});
const folder = values['runtime-sdk'] ? 'bundles-runtime-sdk' : 'bundles';
const bundles = await bundleFunctions(join(import.meta.dirname, '..', 'dist', folder), { sdk: !values['runtime-sdk'] });
const stub = await startStub();
console.info('| function | bundle, kB | cold start, ms (median) | memory, MB | answer |\n|---|---|---|---|---|');
for (const { handler, file, bytes } of bundles) {
  const starts: Start[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    starts.push(await startOnce(file, EVENTS[handler] ?? NO_RECORDS, environment(stub.url)));
  }
  const ms = median(starts.map((start) => start.ms)).toFixed(0);
  const rss = (median(starts.map((start) => start.rss)) / 1e6).toFixed(0);
  console.info(`| ${handler} | ${(bytes / 1_000).toFixed(0)} | ${ms} | ${rss} | ${starts[0]?.answer} |`);
}
stub.close();
