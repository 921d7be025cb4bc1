import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, type Server, connect, createServer } from 'node:net';
import path from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  type PutRecordsRequestEntry,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { clientConfig } from '@lethe/aws';
import { eventually } from '@lethe/testing';
import { CREDENTIALS } from './reading.fixture.js';

/** Times that a stream takes to become what it shall be; as short as they may be. */
const SOON = '20ms';

async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  for (let i = 0; i < count; i += 1) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function connects(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** npm `kinesis-local` in a process of its own: it has enhanced fan-out, over HTTP/1.1. */
export class KinesisLocal {
  private constructor(
    private readonly child: ChildProcess,
    readonly client: KinesisClient,
  ) {}

  static async start(): Promise<KinesisLocal> {
    const main = createRequire(import.meta.url).resolve('kinesis-local/main.js');
    const [plain = 0, tls = 0] = await freePorts(2);
    const env = {
      KINESIS_MOCK_PLAIN_PORT: `${plain}`,
      KINESIS_MOCK_TLS_PORT: `${tls}`,
      KINESIS_MOCK_CERT_PATH: path.join(path.dirname(main), 'server.json'),
      LOG_LEVEL: 'ERROR',
      CREATE_STREAM_DURATION: SOON,
      REGISTER_STREAM_CONSUMER_DURATION: SOON,
    };
    const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${plain}`;
    const config = clientConfig({ region: 'us-east-1' });
    const local = new KinesisLocal(child, new KinesisClient({ ...config, endpoint, credentials: CREDENTIALS }));
    await eventually(() => connects(plain), { timeoutMs: 15_000 });
    return local;
  }

  /** Gives the stream's ARN. */
  async createStream(StreamName: string, ShardCount: number): Promise<string> {
    await this.client.send(new CreateStreamCommand({ StreamName, ShardCount }));
    return eventually(async () => {
      const { StreamDescriptionSummary: summary } = await this.client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      if (summary?.StreamStatus !== 'ACTIVE') throw new Error(`${StreamName} is ${summary?.StreamStatus}`);
      return summary.StreamARN ?? '';
    });
  }

  async put(StreamName: string, ...texts: readonly string[]): Promise<void> {
    const Records: PutRecordsRequestEntry[] = texts.map((data) => ({ Data: Buffer.from(data), PartitionKey: 'key' }));
    await this.client.send(new PutRecordsCommand({ StreamName, Records }));
  }

  async close(): Promise<void> {
    this.client.destroy();
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }
}
