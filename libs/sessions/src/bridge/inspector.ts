import { setTimeout as pause } from 'node:timers/promises';
import { InspectorError } from '../sessions.errors.js';
import { isRecord } from '../web/is-record.js';

/** How long a process may take to open its inspector, and to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;
const RETRY_MS = 50;

/** What the debugging protocol answers to `Runtime` commands. */
type Answer = Readonly<Record<string, unknown>>;

/**
 * A connection to the inspector of a Node.js process on this machine (Chrome DevTools Protocol). Throws an
 * InspectorError where the process opens none, or answers with an error.
 */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Record<string, unknown>) => void>();
  #next = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
  }

  /** Asks the process to open its inspector, as `kill -USR1` does, and connects to it. */
  static async of(pid: number, port: number): Promise<Inspector> {
    try {
      process.kill(pid, 'SIGUSR1');
    } catch (cause) {
      throw new InspectorError(`process ${pid} cannot be signalled`, { cause });
    }
    const socket = new WebSocket(await urlAt(port));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new InspectorError(`no inspector answers at port ${port}`)));
    });
    return new Inspector(socket);
  }

  /** Sends a command of the protocol and answers with its result. */
  async call(method: string, params: Record<string, unknown>): Promise<Answer> {
    const id = (this.#next += 1);
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const message = await Promise.race([promise, pause(TIMEOUT_MS, undefined, { ref: false })]);
    this.#waiting.delete(id);
    const result = message?.['result'];
    if (!isRecord(result) || result['exceptionDetails'] !== undefined)
      throw new InspectorError(`${method} failed`, { cause: message?.['error'] ?? result });
    return result;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message: unknown = JSON.parse(text);
    if (isRecord(message) && typeof message['id'] === 'number') this.#waiting.get(message['id'])?.(message);
  }
}

/** Where the inspector at a port of this machine takes connections, once it is open. */
async function urlAt(port: number): Promise<string> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const targets: unknown = await response.json();
      const target: unknown = Array.isArray(targets) ? targets[0] : undefined;
      if (isRecord(target) && typeof target['webSocketDebuggerUrl'] === 'string') return target['webSocketDebuggerUrl'];
      throw new InspectorError(`what answers at port ${port} is no inspector`);
    } catch (cause) {
      if (performance.now() > deadline) throw new InspectorError(`no inspector opened at port ${port}`, { cause });
      await pause(RETRY_MS);
    }
  }
}
