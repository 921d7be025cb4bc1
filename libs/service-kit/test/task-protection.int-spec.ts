import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { createLogger } from '../src/observe/logger.js';
import { TaskProtection, type TaskProtectionOptions } from '../src/protection/task-protection.js';

const TASK = 'arn:aws:ecs:eu-west-1:000000000000:task/lethe/1';

/** The agent's endpoint beside a task, as its documentation has it. */
async function agent(answer?: (enabled: unknown) => readonly [status: number, body: object]) {
  const requests: unknown[] = [];
  const server = createServer((request, response) => {
    const handle = async () => {
      const body = (await json(request)) as { ProtectionEnabled: boolean };
      requests.push(request.url === '/api/x/task-protection/v1/state' && request.method === 'PUT' ? body : request.url);
      const well = { protection: { ProtectionEnabled: body.ProtectionEnabled, TaskArn: TASK } };
      const [status, said] = answer?.(body.ProtectionEnabled) ?? [200, well];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    };
    handle().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { requests, server, uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/x` };
}

function protection(options: Partial<TaskProtectionOptions>) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'demo', instance: 'demo-1', level: 'info', destination });
  return { lines, protection: new TaskProtection({ agentUri: undefined, logger, ...options }) };
}

const ON = { ProtectionEnabled: true, ExpiresInMinutes: 6 };
const OFF = { ProtectionEnabled: false };

describe('TaskProtection', () => {
  let close = (): void => undefined;
  afterEach(() => close());
  const start = async (...given: Parameters<typeof agent>) => {
    const started = await agent(...given);
    close = () => {
      started.server.close();
      started.server.closeAllConnections();
    };
    return started;
  };

  it('R01: protects the task before the work begins, and no longer than it lasts', async () => {
    const { requests, uri } = await start();
    const { protection: task } = protection({ agentUri: uri });

    const seen = await task.during(() => Promise.resolve([...requests]));

    expect(seen).toEqual([ON]);
    expect(requests).toEqual([ON, OFF]);
  });

  it('renews the protection for as long as the work goes on', async () => {
    const { requests, uri } = await start();
    const { protection: task } = protection({ agentUri: uri, renewMs: 20 });
    const done = deferred();

    const work = task.during(() => done.promise);
    await eventually(() => expect(requests.length).toBeGreaterThan(3));
    done.resolve();
    await work;

    expect(requests.slice(0, -1).every((one) => JSON.stringify(one) === JSON.stringify(ON))).toBe(true);
    expect(requests.at(-1)).toEqual(OFF);
  });

  it('protects as long as any of several works goes on', async () => {
    const { requests, uri } = await start();
    const { protection: task } = protection({ agentUri: uri });
    const [first, second] = [deferred(), deferred()];

    const works = [task.during(() => first.promise), task.during(() => second.promise)];
    first.resolve();
    await works[0];
    const between = [...requests];
    second.resolve();
    await works[1];

    expect(between).toEqual([ON]);
    expect(requests).toEqual([ON, OFF]);
  });

  it('takes the protection back where the work fails, and fails as it does', async () => {
    const { requests, uri } = await start();
    const { protection: task } = protection({ agentUri: uri });

    await expect(task.during(() => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');

    expect(requests).toEqual([ON, OFF]);
  });

  it.each<[string, readonly [number, object]]>([
    ['fails', [200, { failure: { Arn: TASK, Reason: 'DEPLOYMENT_BLOCKED' } }]],
    ['is refused', [400, { error: { Arn: TASK, Code: 'AccessDeniedException', Message: 'not authorized' } }]],
    ['makes no sense', [500, {}]],
  ])('works without it where it %s, and says so', async (_, answer) => {
    const { uri } = await start(() => answer);
    const { protection: task, lines } = protection({ agentUri: uri });

    expect(await task.during(() => Promise.resolve('done'))).toBe('done');

    expect(lines.filter((line) => line.includes('could not be changed'))).toHaveLength(2);
  });

  it('works where there is no agent, or none that answers', async () => {
    const away = protection({ agentUri: 'http://127.0.0.1:1' });

    expect(await protection({}).protection.during(() => Promise.resolve('alone'))).toBe('alone');
    expect(await away.protection.during(() => Promise.resolve('done'))).toBe('done');
    expect(away.lines).toHaveLength(2);
  });
});
