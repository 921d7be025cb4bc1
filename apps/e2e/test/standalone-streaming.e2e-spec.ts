import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cloud, startTestCloud } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { type StandaloneApp, compile, standaloneApp } from '../src/standalone-app.js';

const run = promisify(execFile);
const LIBRARIES = ['kernel', 'topology', 'aws', 'streaming'];

let directory: string;
let cloud: Cloud;
let app: StandaloneApp;
let running: ChildProcess | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lethe-standalone-streaming-'));
  cloud = await startTestCloud();
  const here = (text: string) => text.replaceAll('eu-central-1', cloud.env['AWS_REGION'] ?? '');
  app = await standaloneApp(directory, LIBRARIES, 'libs/streaming/README.md', here);
}, 400_000);

afterAll(async () => {
  if (running?.exitCode === null) running.kill('SIGKILL');
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

describe('a stream outside this repository', () => {
  it('gets packages of compiled code alone', () => {
    const paths = app.packed.get('streaming') ?? [];

    expect(paths.filter((path) => path.startsWith('src/') || path.includes('.spec.'))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/codec.d.ts', 'package.json']));
  });

  it('compiles the examples of the README, strictly', async () => {
    await expect(compile(app)).resolves.toBeUndefined();
  }, 120_000);

  it('is written to and read, without a daemon, until SIGTERM', async () => {
    const env = { PATH: process.env['PATH'], ...cloud.env };
    await run(process.execPath, ['dist/provision.js'], { cwd: directory, env });
    running = spawn(process.execPath, ['dist/consume.js'], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    running.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));

    await run(process.execPath, ['dist/produce.js'], { cwd: directory, env });

    await eventually(() => expect(output).toMatch(/^ann came$/m));
    running.kill('SIGTERM');
    const [code] = (await once(running, 'exit')) as [number | null];
    expect(code).toBe(0);
  }, 60_000);
});
