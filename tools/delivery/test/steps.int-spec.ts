import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { bundleService } from '@lethe/images';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { billKey, billOf } from '../src/bill-of-materials.js';
import { BASE_PARAMETER, workerName } from '../src/index.js';
import { readManifest } from '../src/manifest.js';
import { migrate } from '../src/migrate.js';
import { run } from '../src/program.js';
import { type RunCommand, runCommand } from '../src/run-command.js';
import { AwsStandIn } from './aws-stand-in.js';
import { CHECKOUT, Clone } from './clone.js';

/** Some seconds where the machine is its own: nx and npm are run, and a service is migrated. */
jest.setTimeout(180_000);

const DIGEST = `sha256:${'4'.repeat(64)}`;
const BUCKET = 'lethe-delivery-records';
const patience = { everySeconds: 1, pause: () => Promise.resolve() };
let aws: AwsStandIn;

beforeAll(async () => {
  aws = new AwsStandIn();
  Object.assign(process.env, await aws.start());
});
afterAll(() => aws.close());

describe('the images of a commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-images-'));
  const out = join(folder, 'images.json');
  const s3 = new S3Client({ region: 'eu-west-1' });
  let clone: Clone;
  let base: string;
  let docker: string[];
  let given: (string | undefined)[];
  let printed: string[];
  let told: string[];

  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    clone = new Clone();
    base = clone.git('rev-parse', 'HEAD');
    appendFileSync(join(clone.root, 'apps/orders/src/main.ts'), '\n// touched\n');
    clone.git('commit', '--quiet', '--all', '--no-verify', '--message', 'test: orders');
  });
  beforeEach(() => {
    [docker, given, printed, told] = [[], [], [], []];
  });
  afterAll(() => {
    clone.remove();
    s3.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything is run but Docker, whose push the registry hears of. */
  const around: RunCommand = (command, args, options) => {
    if (command === 'podman') return Promise.reject(new Error('spawn podman ENOENT'));
    if (!['docker', 'buildah'].includes(command)) return runCommand(command, args, options);
    docker.push(args.join(' '));
    given.push(options.input);
    const [, pushed = ''] = args[0] === 'push' ? (/amazonaws\.com\/(.*)/.exec(args[1] ?? '') ?? []) : [];
    if (pushed !== '') aws.images.set(pushed, DIGEST);
    return Promise.resolve('');
  };
  const step = (...args: string[]): Promise<number> => stepBy('docker', ...args);
  const stepBy = (tool: string, ...args: string[]): Promise<number> => {
    const env = {
      CONTAINER_TOOL: tool,
      AWS_REGION: 'eu-west-1',
      REGISTRY: '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
      RECORDS_BUCKET: BUCKET,
      NODE_IMAGE: `node@sha256:${'5'.repeat(64)}`,
    };
    const surroundings = { root: clone.root, run: around, patience };
    return run(args, env, {
      ...surroundings,
      print: (line) => void printed.push(line),
      tell: (line) => void told.push(line),
    });
  };

  it('are those of the services that are affected since the last commit deployed, by digest, each with its bill', async () => {
    aws.parameters.set(BASE_PARAMETER, base);
    expect(await step('base')).toBe(0);
    expect(printed).toEqual([base]);

    expect(await step('images', '--base', base, '--out', out)).toBe(0);

    expect(readManifest(out)).toEqual({ commit: clone.git('rev-parse', 'HEAD'), base, digests: { orders: DIGEST } });
    expect(docker.map((line) => line.split(' ')[0])).toEqual(['login', 'build', 'push']);
    expect(docker[0]).toBe('login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com');
    expect(given[0]).toBe('of-a-registry');
    expect(docker[1]).toContain(`--build-arg APP=orders --build-arg NODE=node@sha256:${'5'.repeat(64)}`);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: billKey('orders', DIGEST) }));
    const bill = JSON.parse((await Body?.transformToString()) ?? '') as {
      bomFormat: string;
      components: { name: string }[];
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['pg', '@nestjs/core']));
    expect(names.filter((name) => /^(jest|fauxqs|dynalite|aws-cdk-lib|@lethe\/)/.test(name))).toEqual([]);
  });

  it('are billed for every package that is in them', async () => {
    const { packages } = await bundleService('catalog', join(folder, 'bundle'));

    const bill = new Set(billOf({ service: 'catalog', digest: DIGEST }, CHECKOUT).components.map(({ name }) => name));
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter((name) => !bill.has(name))).toEqual([]);
  });

  it('are not built again from the same sources, and are not deployed with holes', async () => {
    const bill = { Bucket: BUCKET, Key: billKey('orders', DIGEST) };
    // As it is where somebody was ended after the push.
    await s3.send(new DeleteObjectCommand(bill));
    expect(await step('images', '--base', base, '--out', out)).toBe(0);
    expect(docker).toEqual([]);
    expect((await s3.send(new HeadObjectCommand(bill))).ContentLength).toBeGreaterThan(1_000);

    aws.findings = { LOW: 3, HIGH: 2 };
    expect(await step('images', '--base', base, '--out', out)).toBe(1);
    expect(told.at(-1)).toBe('delivery: the image of orders is not deployed: 2 HIGH findings');
  });

  it('are built by another program where one is named, with the health check that OCI alone would leave out', async () => {
    aws.findings = {};
    aws.images.clear();

    expect(await stepBy('buildah', 'images', '--base', base, '--out', out)).toBe(0);

    expect(docker.map((line) => line.split(' ')[0])).toEqual(['login', 'build', 'push']);
    expect(docker[1]).toContain('--format docker');
  });

  it('are not begun where nothing builds them', async () => {
    expect(await stepBy('buildah', 'images', '--check')).toBe(0);
    expect(await stepBy('podman', 'images', '--check')).toBe(1);
    expect(await stepBy('scissors', 'images', '--check')).toBe(1);

    expect(docker).toEqual(['--version']);
    expect(told).toEqual([
      'delivery: podman does not run here: set CONTAINER_TOOL to docker, podman or buildah',
      expect.stringMatching(/^delivery: CONTAINER_TOOL: .*docker/),
    ]);
  });

  it('have a place once every service has its repository', async () => {
    expect(await step('registry')).toBe(0);
    for (const { name } of storeServices) aws.repositories.add(`lethe/${name}`);
    expect(await step('registry')).toBe(0);

    expect(printed).toEqual(['absent', 'present']);
  });

  it('are what the next change is compared with, once they have come through', async () => {
    expect(await step('record', '--images', out)).toBe(0);
    expect(await step('base')).toBe(0);

    expect(printed).toEqual([clone.git('rev-parse', 'HEAD')]);
  });
});

describe('a migration', () => {
  const ecs = new ECSClient({ region: 'eu-west-1' });
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
    aws.services.set(workerName('catalog'), { current: 'catalog:1', controller: 'ECS' });
  });
  afterAll(async () => {
    ecs.destroy();
    await database.drop();
  });

  const said: string[] = [];
  /** What its container would run, as a process. */
  const task = async (url: string): Promise<number> => {
    const main = join(import.meta.dirname, '../../../apps/catalog/dist/migrate.js');
    const env = { ...process.env, DATABASE_URL: url };
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null]>]);
    said.push(printed.trim());
    return code ?? 1;
  };

  it('is the service’s own, run as a task until its end, and may run again', async () => {
    aws.runTask = () => task(database.url);

    await migrate(ecs, 'catalog', patience);
    await migrate(ecs, 'catalog', patience);

    expect(said).toEqual([expect.stringMatching(/^catalog: OutboxTables\d+/), 'catalog: up to date']);
  });

  it('that cannot reach its database has failed', async () => {
    aws.runTask = () => task('postgres://nobody@127.0.0.1:1/nothing');

    await expect(migrate(ecs, 'catalog', patience)).rejects.toThrow(
      /^the migration of catalog failed: exit code [1-9]/,
    );
  });
});
