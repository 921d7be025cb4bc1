import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BenchProcessError } from '../bench.errors.js';
import type { ServerReply, ServerRequest } from './server-protocol.js';

// From src (tests) and from dist alike: child processes run compiled code.
const ENTRY = fileURLToPath(new URL('../../dist/server/server-main.js', import.meta.url));
const REGION = 'us-east-1';
/** The account of fauxqs, which it does not let one choose. */
export const ACCOUNT_ID = '000000000000';

/** SNS and SQS in a process of their own, their messages in memory, so that what is measured is the client. */
export class QueueServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /** Throws a {@link BenchProcessError}. */
  static async start(): Promise<QueueServer> {
    const child = spawn(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', ENTRY], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const reply = await nextReply(child);
    if (reply.type !== 'ready') throw new BenchProcessError('the embedded server', 'it did not start');
    return new QueueServer(child, reply.port);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the AWS SDK reads: region, credentials, endpoints. */
  get env(): Readonly<Record<string, string>> {
    return {
      AWS_REGION: REGION,
      AWS_ACCOUNT_ID: ACCOUNT_ID,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: this.endpoint,
      AWS_ENDPOINT_URL_SNS: this.endpoint,
      AWS_ENDPOINT_URL_S3: this.endpoint,
    };
  }

  /** Throws a {@link BenchProcessError}. */
  async ask(request: ServerRequest): Promise<void> {
    this.child.send(request);
    const reply = await nextReply(this.child);
    if (reply.type === 'failed') throw new BenchProcessError('the embedded server', reply.reason);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

async function nextReply(child: ChildProcess): Promise<ServerReply> {
  const ended = new AbortController();
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]): never => {
    throw new BenchProcessError('the embedded server', `its process ended with ${String(code)}`);
  });
  try {
    const [reply] = (await Promise.race([once(child, 'message', { signal: ended.signal }), exit])) as [ServerReply];
    return reply;
  } finally {
    // The loser of the race is aborted below, and what it says then is said by nobody's fault.
    exit.catch(() => undefined);
    ended.abort();
  }
}
