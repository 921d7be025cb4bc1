import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createClients } from '@lethe/aws';
import { OrderPlaced } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { run } from '../src/run.js';

/** What a command has written, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of a store, and the command run in it. */
export class Cli {
  readonly dir = mkdtempSync(join(tmpdir(), 'lethe-cli-'));

  /** Runs the command as a shell would. */
  async run(line: string, isTTY = false): Promise<Ran> {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      out: { write: (text: string | Uint8Array) => out.push(String(text)) > 0 },
      err: { isTTY, write: (text: string | Uint8Array) => err.push(String(text)) > 0 },
    };
    const env = { LETHE_DATA_DIR: this.dir };
    const code = await run(line.split(' '), { env, cwd: this.dir }, terminal);
    return { code, out: out.join(''), err: err.join('') };
  }

  /** Makes the folder that of a store that runs, with these variables of AWS. */
  pretendToRun(env: NodeJS.ProcessEnv): void {
    const aws = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_')));
    mkdirSync(this.dir, { recursive: true });
    const address = { url: 'http://localhost:1', pid: process.ppid, aws };
    writeFileSync(join(this.dir, 'address.json'), JSON.stringify(address));
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** Messages in the queues of the embedded server. */
export class Mailbox {
  readonly #clients = createClients({ region: 'us-east-1' });

  close(): void {
    this.#clients.close();
  }

  /** Puts a dead letter with a diagnosis into a queue; gives its CloudEvents id. */
  async bury(queue: string, reason: string): Promise<string> {
    const id = uuidv7();
    const { type } = OrderPlaced;
    const time = new Date().toISOString();
    await this.#clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: await this.#urlOf(queue),
        MessageBody: JSON.stringify({ specversion: '1.0', id, source: 'orders', type, time, data: {} }),
        MessageAttributes: {
          type: text(type),
          'lethe-reason': text(reason),
          'lethe-detail': text('data.n is missing'),
        },
      }),
    );
    return id;
  }

  /** CloudEvents ids of the messages in a queue, which are taken out of it. */
  async take(queue: string): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.#clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: await this.#urlOf(queue), MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return ids;
      for (const { Body = '' } of Messages) {
        const { id }: { id: string } = JSON.parse(Body);
        ids.push(id);
      }
    }
  }

  async #urlOf(queue: string): Promise<string | undefined> {
    return (await this.#clients.sqs.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl;
  }
}
