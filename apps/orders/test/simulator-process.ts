import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const MAIN = join(import.meta.dirname, '../../payment-simulator/dist/main.js');
const readySchema = z.object({ url: z.string() });
const chargesSchema = z.object({ data: z.array(z.object({ id: z.string(), status: z.string() })) });

/** The real payment simulator in a process of its own. Needs its build. */
export class SimulatorProcess {
  url = '';
  private child: ChildProcess | undefined;

  private constructor(private readonly dataDir: string) {}

  static async start(): Promise<SimulatorProcess> {
    const simulator = new SimulatorProcess(await mkdtemp(join(tmpdir(), 'lethe-simulator-')));
    await simulator.run('0');
    return simulator;
  }

  /** Ends it by SIGKILL and starts it again on the same port. */
  async killAndRestart(): Promise<void> {
    await this.kill();
    await this.run(new URL(this.url).port);
  }

  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async set(control: { latencyMs?: number; failureRate?: number }): Promise<void> {
    await fetch(`${this.url}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(control),
    });
  }

  /** The states of the charges of one order. */
  async chargesOf(orderId: string): Promise<string[]> {
    const response = await fetch(`${this.url}/v1/charges?reference=${orderId}`);
    return chargesSchema.parse(await response.json()).data.map(({ status }) => status);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async run(port: string): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PORT: port, DATA_DIR: this.dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.url = readySchema.parse(JSON.parse(line)).url;
      return;
    }
    throw new Error('the payment simulator ended before it was ready: is it built?');
  }
}
