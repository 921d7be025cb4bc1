import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { composeServices, dockerFile, interpolated, variablesOf } from '../src/compose-file.js';

const text = dockerFile('compose.yaml');
const services = composeServices(text);
const names = storeServices.map(({ name }) => name);
const variant = dockerFile('compose.localstack.yaml');

/** What each container reads when it starts, of the program as it is built. */
const READS: Readonly<Record<string, readonly [file: string, call: string]>> = {
  auth: ['apps/auth/dist/auth.config.js', 'readAuthConfig()'],
  'auth-migrate': ['apps/auth/dist/auth.config.js', 'readMigrateConfig()'],
  catalog: ['apps/catalog/dist/catalog.config.js', 'readCatalogConfig()'],
  'catalog-migrate': ['apps/catalog/dist/catalog.config.js', 'readMigrateConfig()'],
  orders: ['apps/orders/dist/orders.config.js', 'readOrdersConfig()'],
  'orders-migrate': ['apps/orders/dist/orders.config.js', 'readOrdersConfig()'],
  analytics: ['apps/analytics/dist/analytics.config.js', 'readAnalyticsConfig()'],
  'analytics-migrate': ['apps/analytics/dist/analytics.config.js', 'readAnalyticsConfig()'],
  functions: ['apps/functions/dist/functions.config.js', 'readConfig(config.functionsConfigSchema)'],
  payments: ['apps/payment-simulator/dist/payment-simulator.config.js', 'readConfig()'],
};

/** Reads each configuration in its own environment, in one process: what they all import is loaded once. */
const READ_ALL = `const refused = [];
process.exit = () => {
  throw new Error();
};
for (const [name, path, call, environment] of JSON.parse(process.argv[1])) {
  process.env = environment;
  const config = await import(path);
  try {
    new Function('config', 'config.' + call)(config);
  } catch {
    refused.push(name);
  }
}
console.log(JSON.stringify(refused));`;

/** Those that would not start with their environment. */
function refusals(environments: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown {
  const jobs = Object.entries(environments).map(([name, environment]) => {
    const [file = '', call = ''] = READS[name] ?? [];
    return [name, join(import.meta.dirname, '..', '..', '..', file), call, environment];
  });
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', READ_ALL, JSON.stringify(jobs)],
    { encoding: 'utf8' },
  );
  return stdout === '' ? stderr : { refused: JSON.parse(stdout) as unknown, said: stderr };
}

describe('docker/compose.yaml', () => {
  it('R39 runs two replicas of every service, contained as on Fargate, behind their migration and their queues', () => {
    expect(names.map((name) => services[name])).toEqual(
      names.map((name) =>
        expect.objectContaining({
          image: `lethe/${name}`,
          deploy: { replicas: 2 },
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          stop_grace_period: '40s',
          depends_on: {
            provision: 'service_completed_successfully',
            [`${name}-migrate`]: 'service_completed_successfully',
          },
        }),
      ),
    );
  });

  it('gives every program an environment that it starts with', () => {
    const values = Object.fromEntries(
      variablesOf(text).map(({ name, byDefault }) => [name, byDefault ?? randomBytes(32).toString('base64')]),
    );
    const filled = composeServices(interpolated(text, values));
    const environments = Object.keys(READS).map((name) => [name, filled[name]?.environment ?? {}] as const);

    expect(refusals(Object.fromEntries(environments))).toEqual({ refused: [], said: '' });
    const none = refusals({ orders: {} });
    expect(none).toMatchObject({ refused: ['orders'], said: expect.stringContaining('DATABASE_URL is not set') });
  }, 60_000);

  it('wants nothing from outside but what its head tells how to make', () => {
    const wanted = variablesOf(text).filter(({ byDefault }) => byDefault === undefined);
    const keys = [...names, 'functions'].map((name) => `${name.toUpperCase()}_SERVICE_KEY`);

    expect(wanted.map(({ name }) => name).toSorted()).toEqual(
      [...keys, 'SERVICE_KEYS', 'AUTH_KEY_SECRET', 'LETHE_ADMIN_PASSWORD'].toSorted(),
    );
  });

  it('pins by digest whatever is not built here, and waits for nobody who is not there', () => {
    const all = { ...services, ...composeServices(variant) };
    const images = Object.values(all).flatMap((service) => service?.image ?? []);
    const foreign = images.filter((image) => !image.startsWith('lethe/'));
    const awaited = Object.values(all).flatMap((service) => Object.keys(service?.depends_on ?? {}));

    expect(foreign).toHaveLength(4);
    expect(foreign.filter((image) => !/^[\w/.-]+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
    expect(awaited.filter((name) => !Object.hasOwn(all, name))).toEqual([]);
  });

  it('sends each path to its service by turns: the balancer knows no affinity', () => {
    const balancer = dockerFile('balancer.conf');
    const sent = [...balancer.matchAll(/location ~ \^\/\(([^)]+)\)/g)].flatMap(([, paths = '']) => paths.split('|'));

    expect(sent.toSorted()).toEqual(
      storeServices.flatMap(({ paths }) => paths.map((path) => path.replace('/', ''))).toSorted(),
    );
    expect(balancer).not.toMatch(/sticky|ip_hash|\bhash\b|cookie/i);
    expect(text).not.toMatch(/sticky/i);
  });

  it('makes one database per service', () => {
    expect([...dockerFile('databases.sql').matchAll(/CREATE DATABASE (\w+)/g)].map(([, name]) => name)).toEqual(names);
  });
});

describe('docker/compose.localstack.yaml', () => {
  it('changes only URLs, and who is waited for', () => {
    const set = dockerFile('localstack.env').match(/^\w+(?==)/gm) ?? [];
    const offered = variablesOf(text).map(({ name }) => name);

    expect(set.filter((name) => !offered.includes(name) || !name.startsWith('AWS_ENDPOINT_URL_'))).toEqual([]);
    const changed = Object.entries(composeServices(variant)).filter(([, service]) => service !== null);
    expect(Object.fromEntries(changed.map(([name, service]) => [name, Object.keys(service ?? {})]))).toEqual({
      localstack: ['image', 'environment', 'healthcheck'],
      provision: ['depends_on'],
    });
  });
});
