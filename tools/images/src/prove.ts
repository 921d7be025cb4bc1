import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Buildah, localBases } from './buildah.js';
import { type Container, startContainer } from './container.js';
import { NotProvenError } from './images.errors.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EPOCH = 1_700_000_000;
/** What an image holds beside Node, at most. */
const MOST_BYTES = 60_000_000;
const NODE = '/usr/local/bin/node';
const READY_WITHIN_MS = 60_000;

const inspected = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
      StopSignal: z.string(),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
});
type ImageConfig = z.infer<typeof inspected>['Docker']['config'];

/** Of a service: its name, where it is to listen, and what else it is told. */
export interface Proven {
  readonly service: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Builds a service's image by docker/service.Dockerfile, from the stage of its bundle on, and runs it. Tells of each thing
 * that it has shown; throws a {@link NotProvenError} at the first that does not hold, or a BuildahError.
 */
export async function prove(buildah: Buildah, proven: Proven, shown: (line: string) => void): Promise<void> {
  const { service } = proven;
  const bundled = [bundle(buildah, service, 'one'), bundle(buildah, service, 'two')];
  const bases = localBases(buildah);
  const builds = { target: 'service', ...bases };
  const [image, again] = bundled.map((context) => build(buildah, service, { context, format: 'oci', ...builds }));
  hold(image === again, `built twice it is ${image} and ${again}`);
  shown(`built twice, from two bundles of the same code: the same image, ${image}`);
  // Only Docker's format has a place for a health check.
  build(buildah, service, { context: bundled[0] ?? '', format: 'docker', ...builds });
  const config = inspected.parse(JSON.parse(buildah.run('inspect', '--type', 'image', `localhost/${service}`))).Docker
    .config;
  hold(config.User === '65532:65532' && config.StopSignal === 'SIGTERM', 'user or signal of the image is another');
  shown(
    `user ${config.User}, ${config.StopSignal}, ${[...config.Entrypoint, ...config.Cmd].join(' ')} in ${config.WorkingDir}`,
  );
  shown(`health check: ${config.Healthcheck.Test.slice(1).join(' ')}`);
  const container = buildah.run('from', `localhost/${service}`);
  const root = buildah.run('mount', container);
  proveContent(root, shown);
  await proveRun(root, config, proven, shown);
  build(buildah, service, { context: bundled[0] ?? '', format: 'oci', ...bases, target: 'compiled' });
  const compiled = buildah.run('mount', buildah.run('from', `localhost/${service}`));
  const cache = join(compiled, 'app', 'compiled');
  hold(
    filesOf(cache).every((file) => statSync(file).uid === 0),
    'the compile cache is not owned by root',
  );
  shown(`--target compiled: a cache of ${megabytes(filesOf(cache))}, made in the image by its own user, owned by root`);
}

function bundle({ folder }: Buildah, service: string, name: string): string {
  const context = join(folder, name);
  const program = [join(ROOT, 'tools/images/dist/main.js'), service, join(context, 'bundle')];
  const { status, stderr } = spawnSync(process.execPath, program, {
    env: { SOURCE_DATE_EPOCH: String(EPOCH) },
    encoding: 'utf8',
  });
  hold(status === 0, `no bundle: ${stderr.slice(0, 2_000)}`);
  return context;
}

/** Gives the image's id, which is the hash of all that it is. */
function build(
  { run }: Buildah,
  service: string,
  build: { context: string; format: string; target: string; base: string; node: string },
): string {
  const args = Object.entries({ APP: service, BASE: build.base, NODE: build.node, SOURCE_DATE_EPOCH: String(EPOCH) });
  const how = ['--quiet', '--format', build.format, '--timestamp', String(EPOCH), '--target', build.target];
  // In the place of the stage that makes it: npm's registry is not asked.
  const bundled = ['--build-context', `bundle=${build.context}`];
  const told = args.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const what = ['--tag', `localhost/${service}`, '--file', join(ROOT, 'docker/service.Dockerfile'), ROOT];
  run('build', ...how, ...bundled, ...told, ...what);
  return run('images', '--quiet', '--no-trunc', `localhost/${service}`);
}

function proveContent(root: string, shown: (line: string) => void): void {
  const files = filesOf(root);
  const programs = files.filter((file) => /\/s?bin\//.test(file)).map((file) => file.slice(root.length));
  hold(programs.join() === NODE, `programs: ${programs.join(', ')}`);
  const beside = files.filter((file) => !file.endsWith(NODE));
  hold(bytesOf(beside) < MOST_BYTES, `${megabytes(beside)} beside Node`);
  shown(`${NODE} is its only program; beside it ${megabytes(beside)}, with the libraries that Node links to`);
}

async function proveRun(
  root: string,
  config: ImageConfig,
  proven: Proven,
  shown: (line: string) => void,
): Promise<void> {
  const { port, env } = proven;
  const image = Object.fromEntries(
    config.Env.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
  const all = { ...image, ...env, HOST: '127.0.0.1', PORT: String(port) };
  const start = (program: readonly string[]) => startContainer({ root, workdir: config.WorkingDir, program }, all);
  const migration = start([...config.Entrypoint, 'migrate.mjs']);
  hold((await migration.ended) === 0, `it does not migrate: ${migration.printed()}`);
  shown('its database is migrated by a container of its own');
  const running = start([...config.Entrypoint, ...config.Cmd]);
  try {
    await untilReady(port, running);
    const facts = running.facts();
    hold(facts?.pid === 1 && facts.user === 65_532, `it runs as ${facts?.pid} of user ${facts?.user}`);
    hold(facts?.capabilities === 0n && facts.noNewPrivileges, 'it has privileges, or can gain them');
    shown('/health/ready answers 200: process 1, user 65532, no capability and no way to gain one');
    const check = start(config.Healthcheck.Test.slice(1));
    hold((await check.ended) === 0, `its health check fails: ${check.printed()}`);
    shown('its health check exits with 0 beside it');
    const write = start([NODE, '-e', `require('node:fs').writeFileSync('/tmp/x', '')`]);
    hold((await write.ended) !== 0 && write.printed().includes('EROFS'), 'its root can be written to');
    shown('its whole root is read-only (EROFS, even in /tmp)');
  } finally {
    running.signal('SIGTERM');
  }
  const ended = await running.ended;
  hold(ended === 0, `SIGTERM ends it with ${String(ended)}`);
  shown('SIGTERM drains it, and it exits with 0');
  const gone = await start(config.Healthcheck.Test.slice(1)).ended;
  hold(gone !== 0, 'its health check says yes where nothing listens');
}

async function untilReady(port: number, running: Container): Promise<void> {
  const ended = running.ended.then((): 'ended' => 'ended');
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until;) {
    // Refused, as long as it does not listen.
    const status = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if ((await Promise.race([ended, pause(50)])) === 'ended') break;
  }
  throw new NotProvenError(`it does not become ready: ${running.printed()}`);
}

function hold(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new NotProvenError(otherwise);
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

const bytesOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);
const megabytes = (files: readonly string[]): string => `${(bytesOf(files) / 1_000_000).toFixed(1)} MB`;
