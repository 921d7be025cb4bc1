import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { BenchProcessError } from '../../bench.errors.js';
import type { StandInExtent, StandInReply, StandInRequest } from './protocol.js';

/** Stands in for Kinesis, in a process of its own, where nothing but readers is measured. */
export class StandInKinesis {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens. */
    readonly endpoint: string,
  ) {}

  static async start(): Promise<StandInKinesis> {
    const child = fork(new URL('kinesis-main.js', import.meta.url));
    const { port } = await replyOf(child, 'ready');
    return new StandInKinesis(child, `http://127.0.0.1:${port}`);
  }

  /** Makes a stream, and says how many records it has. */
  async fill(stream: string, extent: StandInExtent): Promise<number> {
    const { userRecords } = await this.#ask({ type: 'fill', stream, ...extent }, 'filled');
    return userRecords;
  }

  /** Looks out for the first GetRecords from now on; `read` resolves with it. */
  async watch(): Promise<{ readonly read: Promise<unknown> }> {
    await this.#ask({ type: 'watch' }, 'watching');
    return { read: replyOf(this.child, 'read') };
  }

  /** There are no streams until the next watch, so that whoever does not stop to read comes to an end. */
  async close(): Promise<void> {
    await this.#ask({ type: 'close' }, 'closed');
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  #ask<Type extends StandInReply['type']>(request: StandInRequest, type: Type) {
    const reply = replyOf(this.child, type);
    this.child.send(request);
    return reply;
  }
}

async function replyOf<Type extends StandInReply['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<StandInReply, { readonly type: Type }>> {
  const found = Promise.withResolvers<StandInReply>();
  const exited = (code: number | null): void =>
    found.reject(new BenchProcessError('the stand-in for Kinesis', `its process ended with ${code}`));
  child.once('message', found.resolve).once('exit', exited);
  try {
    const reply = await found.promise;
    if (reply.type === type) return reply as Extract<StandInReply, { readonly type: Type }>;
    throw new BenchProcessError('the stand-in for Kinesis', `it said ${reply.type} and not ${type}`);
  } finally {
    child.off('message', found.resolve).off('exit', exited);
  }
}
