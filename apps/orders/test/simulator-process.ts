import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const MAIN = join(import.meta.dirname, '../../payment-simulator/dist/main.js');
const readySchema = z.object({ url: z.string() });
const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      metadata: z.record(z.string(), z.string()),
      latest_charge: z.object({ amount_captured: z.int(), amount_refunded: z.int() }).nullable(),
    }),
  ),
  has_more: z.boolean(),
});
export type SimulatedPayment = z.output<typeof pageSchema>['data'][number];

/** What `/control` takes; the simulator refuses what is none. */
export type Control = Readonly<Record<string, number | boolean | string | null>>;

/** Any key of a test account is good. */
export const API_KEY = 'sk_test_suite';

/** The real payment simulator in a process of its own. Needs its build. */
export class SimulatorProcess {
  url = '';
  private child: ChildProcess | undefined;

  private constructor(
    private readonly dataDir: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** `env`: further variables of its environment. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<SimulatorProcess> {
    const simulator = new SimulatorProcess(await mkdtemp(join(tmpdir(), 'lethe-simulator-')), env);
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

  async set(control: Control): Promise<void> {
    const answer = await fetch(`${this.url}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(control),
    });
    if (!answer.ok) throw new Error(`the simulator refused ${JSON.stringify(control)}: ${await answer.text()}`);
  }

  /** All payments of one order, newest first, declined ones too. */
  async paymentsOf(orderId: string): Promise<SimulatedPayment[]> {
    const found: SimulatedPayment[] = [];
    let after = '';
    for (let more = true; more;) {
      const url = `${this.url}/v1/payment_intents?limit=100&expand[]=data.latest_charge${after}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${API_KEY}` } });
      const { data, has_more: hasMore } = pageSchema.parse(await answer.json());
      found.push(...data.filter(({ metadata }) => metadata['order_id'] === orderId));
      after = `&starting_after=${data.at(-1)?.id}`;
      more = hasMore;
    }
    return found;
  }

  /** The states of those payments of an order that went through: what was set aside, taken or let go of. */
  async chargesOf(orderId: string): Promise<string[]> {
    const payments = await this.paymentsOf(orderId);
    return payments.filter((payment) => payment.latest_charge !== null).map(({ status }) => status);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async run(port: string): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: { ...this.env, PORT: port, DATA_DIR: this.dataDir },
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
