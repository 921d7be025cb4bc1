import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cloud, startTestCloud } from '@lethe/local-cloud';
import { eventually, recorder } from '@lethe/testing';
import { type StandaloneApp, compile, standaloneApp } from '../src/standalone-app.js';

const run = promisify(execFile);
const LIBRARIES = ['kernel', 'topology', 'aws', 'messaging'];
const PEERS = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'reflect-metadata', 'rxjs'];

let directory: string;
let cloud: Cloud;
let mailServer: Server;
let app: StandaloneApp;
let running: ChildProcess | undefined;
const mails = recorder<[id: string]>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lethe-standalone-'));
  cloud = await startTestCloud();
  mailServer = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (id: string) => mails(id));
    request.on('end', () => response.end());
  });
  await once(mailServer.listen(0, '127.0.0.1'), 'listening');
  const here = (text: string) =>
    text.replaceAll('eu-central-1', cloud.env['AWS_REGION'] ?? '').replaceAll('123456789012', '000000000000');
  app = await standaloneApp(directory, LIBRARIES, 'libs/messaging/README.md', here, PEERS);
}, 400_000);

afterAll(async () => {
  if (running?.exitCode === null) running.kill('SIGKILL');
  mailServer.close();
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

const environment = () => {
  const { port } = mailServer.address() as AddressInfo;
  return { PATH: process.env['PATH'], ...cloud.env, MAIL_URL: `http://127.0.0.1:${port}/` };
};

describe('an application outside this repository', () => {
  it('gets packages of compiled code alone', () => {
    for (const [library, paths] of app.packed) {
      expect({ library, sources: paths.filter((path) => path.startsWith('src/') || path.includes('.spec.')) }).toEqual({
        library,
        sources: [],
      });
      expect(paths).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts', 'package.json']));
    }
  });

  it('compiles the examples of the README, strictly', async () => {
    await expect(compile(app)).resolves.toBeUndefined();
  }, 120_000);

  it('declares an event, publishes it, handles it, and leaves in order at SIGTERM', async () => {
    const env = environment();
    await run(process.execPath, ['dist/provision.js'], { cwd: directory, env });
    running = spawn(process.execPath, ['dist/main.js'], { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    running.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));

    await run(process.execPath, ['dist/publish.js'], { cwd: directory, env });

    const [[id]] = (await mails.next()) as [[string]];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await eventually(() => expect(output).toMatch(/^orders\.order-placed\.v1 done \d/m));
    running.kill('SIGTERM');
    const [code, signal] = (await once(running, 'exit')) as [number | null, string | null];
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  }, 60_000);
});
