import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import {
  COMMIT_PARAMETER,
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  WEB_BUCKET_PARAMETER,
  WEB_DISTRIBUTION_PARAMETER,
  WEB_PAGES_PARAMETER,
  digestParameter,
  migrationName,
  webName,
  workerName,
} from '../src/index.js';
import { writeManifest } from '../src/manifest.js';
import { hashOf, pagesOf } from '../src/pages/pages.js';
import { run } from '../src/program.js';
import type { RunCommand } from '../src/run-command.js';
import { AwsStandIn } from './aws-stand-in.js';
import { CHECKOUT } from './clone.js';

const COMMIT = 'a'.repeat(40);
const OLD = 'b'.repeat(40);
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const services = storeServices.map(({ name }) => name);
const revision = (family: string, number: number): string =>
  `arn:aws:ecs:eu-west-1:111122223333:task-definition/${family}:${number}`;

describe('a deployment of a stage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-deploy-'));
  const manifest = join(folder, 'images.json');
  const before = { ...process.env };
  let aws: AwsStandIn;
  let site: Server;
  let healthy: boolean;
  let told: string[];

  beforeEach(async () => {
    [aws, told, healthy] = [new AwsStandIn(), [], true];
    Object.assign(process.env, await aws.start());
    site = createServer((_request, response) => {
      response.writeHead(healthy ? 200 : 503).end('{}');
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    aws.parameters.set(COMMIT_PARAMETER, OLD);
    aws.parameters.set(DATABASE_CLUSTER_PARAMETER, 'arn:cluster');
    aws.parameters.set(DATABASE_ADMIN_PARAMETER, 'arn:secret');
    aws.parameters.set(WEB_BUCKET_PARAMETER, 'lethe-web');
    aws.parameters.set(WEB_DISTRIBUTION_PARAMETER, 'E1');
    aws.parameters.set(WEB_PAGES_PARAMETER, hashOf(pagesOf(CHECKOUT), 'E1'));
    for (const service of services) {
      aws.parameters.set(digestParameter(service), digest('0'));
      for (const [name, controller] of [
        [webName(service), 'CODE_DEPLOY'],
        [workerName(service), 'ECS'],
      ] as const) {
        aws.services.set(name, { current: revision(name, 1), controller });
        aws.definitions.set(name, revision(name, 1));
      }
    }
    writeManifest(manifest, { commit: COMMIT, base: OLD, digests: { orders: digest('1') } });
  });

  afterEach(() => {
    aws.close();
    site.close();
    site.closeAllConnections();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As CloudFormation does it: what has a new digest is registered anew, and nothing is replaced. */
  const cdk: RunCommand = (_command, args) => {
    aws.asked.push([basename(args[0] ?? ''), ...args.slice(1)].join(' '));
    for (const service of services)
      if (aws.parameters.get(digestParameter(service)) !== digest('0'))
        for (const name of [webName(service), workerName(service)]) aws.definitions.set(name, revision(name, 2));
    return Promise.resolve('');
  };
  const deploy = (): Promise<number> => {
    const address = site.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const env = { AWS_REGION: 'eu-west-1', CDK_CONTEXT: 'domain=a.example', SMOKE_ORIGIN: `http://127.0.0.1:${port}` };
    const patience = { everySeconds: 10, pause: () => Promise.resolve() };
    return run(['deploy', '--stage', 'staging', '--images', manifest], env, {
      run: cdk,
      patience,
      tell: (line) => void told.push(line),
    });
  };
  const migrations = [
    'main.js database prepare --cluster-arn arn:cluster --secret-arn arn:secret',
    ...services.map((service) => `RunTask ${migrationName(service)}`),
  ];
  const stacks = 'cdk deploy --all --require-approval=never -c stage=staging -c domain=a.example';

  it('writes digests, registers, prepares databases, migrates, then replaces workers before who sends to them, and the commit is written last', async () => {
    expect(await deploy()).toBe(0);

    expect(aws.changes).toEqual([
      `PutParameter ${digestParameter('orders')}=${digest('1')}`,
      stacks,
      ...migrations,
      `UpdateService lethe-orders-worker=${revision('lethe-orders-worker', 2)}`,
      `CreateDeployment lethe-orders=${revision('lethe-orders', 2)}`,
      `PutParameter ${COMMIT_PARAMETER}=${COMMIT}`,
    ]);
    expect(aws.parameters.get(digestParameter('catalog'))).toBe(digest('0'));
  });

  it('ends where nobody has written down where the database is', async () => {
    aws.parameters.delete(DATABASE_ADMIN_PARAMETER);

    expect(await deploy()).toBe(1);

    expect(told.at(-1)).toBe(
      'delivery: there is no parameter /lethe/database/admin, which the stack of the data writes',
    );
    expect(aws.changes.filter((one) => one.startsWith('RunTask'))).toEqual([]);
  });

  it('has no tasks before the first migration of a new stage', async () => {
    aws.parameters.delete(COMMIT_PARAMETER);

    expect(await deploy()).toBe(0);

    expect(aws.changes.filter((one) => !one.startsWith('PutParameter')).slice(0, 3 + services.length)).toEqual([
      `${stacks} -c tasks=none`,
      ...migrations,
      stacks,
    ]);
  });

  it('ends at a migration that fails: nothing is replaced, and the digest is as it was', async () => {
    aws.runTask = (family) => Promise.resolve(family === migrationName('orders') ? 1 : 0);

    expect(await deploy()).toBe(1);

    expect(told.at(-1)).toBe('delivery: the migration of orders failed: exit code 1, Essential container exited');
    expect(aws.changes.filter((one) => /^(UpdateService|CreateDeployment)/.test(one))).toEqual([]);
    expect(aws.parameters.get(digestParameter('orders'))).toBe(digest('0'));
    expect(aws.parameters.get(COMMIT_PARAMETER)).toBe(OLD);
  });

  it('takes workers back where an alarm has taken back the tasks behind the balancer', async () => {
    aws.refused.add('lethe-orders');

    expect(await deploy()).toBe(1);

    expect(told.at(-1)).toBe(
      'delivery: lethe-orders was not switched over: ALARM_ACTIVE One or more alarms have been activated',
    );
    expect(aws.services.get('lethe-orders-worker')?.current).toBe(revision('lethe-orders-worker', 1));
    expect(aws.services.get('lethe-orders')?.current).toBe(revision('lethe-orders', 1));
    expect(aws.parameters.get(digestParameter('orders'))).toBe(digest('0'));
    expect(aws.parameters.get(COMMIT_PARAMETER)).toBe(OLD);
  });

  it('switches nobody who sends where workers were taken back', async () => {
    aws.refused.add('lethe-orders-worker');

    expect(await deploy()).toBe(1);

    expect(aws.changes.filter((one) => one.startsWith('CreateDeployment'))).toEqual([]);
    expect(told.at(-1)).toContain('lethe-orders-worker was not switched over');
  });

  it('keeps what runs where pages do not go up, and its commit is not written: the next run does the rest', async () => {
    aws.parameters.delete(WEB_BUCKET_PARAMETER);

    expect(await deploy()).toBe(1);

    expect(told.at(-1)).toBe('delivery: there is no parameter /lethe/web/bucket, which the stack of the edge writes');
    expect(aws.services.get('lethe-orders')?.current).toBe(revision('lethe-orders', 2));
    expect(aws.parameters.get(COMMIT_PARAMETER)).toBe(OLD);

    aws.parameters.set(WEB_BUCKET_PARAMETER, 'lethe-web');
    expect(await deploy()).toBe(0);

    expect(aws.changes.at(-1)).toBe(`PutParameter ${COMMIT_PARAMETER}=${COMMIT}`);
    expect(aws.changes.filter((one) => one.startsWith('CreateDeployment')).length).toBe(1);
  });

  it('is taken back as a whole where the stage does not answer from outside', async () => {
    healthy = false;

    expect(await deploy()).toBe(1);

    expect(aws.changes.slice(-3)).toEqual([
      `PutParameter ${digestParameter('orders')}=${digest('0')}`,
      `CreateDeployment lethe-orders=${revision('lethe-orders', 1)}`,
      `UpdateService lethe-orders-worker=${revision('lethe-orders-worker', 1)}`,
    ]);
    expect(told.at(-1)).toMatch(/answered 503$/);
    expect(aws.parameters.get(COMMIT_PARAMETER)).toBe(OLD);
  });
});
