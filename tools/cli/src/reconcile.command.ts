import { randomUUID } from 'node:crypto';
import {
  type CreateReconciliation,
  type Difference,
  type Reconciliation,
  reconciliationSchema,
  startedReconciliationSchema,
} from '@lethe/contracts';
import { pause } from '@lethe/kernel';
import type { StoreClient } from '@lethe/store';
import { InvalidArgumentError } from 'commander';
import type { CliConfig } from './cli.config.js';
import { connectAsAdmin } from './connect.js';
import { CommandFailed } from './output.js';
import { type Terminal, interruptible } from './terminal.js';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 500;
const PAGE = 1_000;

export interface ReconcileOptions {
  readonly from: Date;
  readonly to: Date;
  readonly json?: true;
}

/** A day, from its beginning, or a time. */
export function beginOf(text: string): Date {
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(time))
    throw new InvalidArgumentError('a day as YYYY-MM-DD, or a time in ISO 8601 with Z or an offset');
  return new Date(time);
}

/** A day, to its end, or a time. */
export function endOf(text: string): Date {
  return new Date(beginOf(text).getTime() + (text.includes('T') ? 0 : DAY_MS));
}

/** `lethe reconcile`: has the store compare its books with the provider's, and prints every difference. */
export async function reconcileCommand(
  config: CliConfig,
  options: ReconcileOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.to <= options.from) throw new CommandFailed('--to lies before --from');
  const client = await connectAsAdmin(config);
  await interruptible((signal) => reconcile(client, options, terminal, signal));
}

/** Throws a {@link CommandFailed} where there are differences: exit code 1. */
export async function reconcile(
  client: Pick<StoreClient, 'get' | 'post'>,
  { from, to, json }: ReconcileOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const body: CreateReconciliation = { from: from.toISOString(), to: to.toISOString() };
  const request = { body, idempotencyKey: randomUUID() };
  const { id } = await client.post('/orders/reconciliations', startedReconciliationSchema, request);
  const run = await ended(client, id, signal);
  const said: Difference[] = [];
  for await (const difference of differencesOf(client, id)) {
    if (json === true) said.push(difference);
    else terminal.out.write(`${lineOf(difference)}\n`);
  }
  const { items: _, nextCursor: __, ...facts } = run;
  terminal.out.write(json === true ? `${JSON.stringify({ ...facts, items: said })}\n` : `${summaryOf(run)}\n`);
  if (run.differences > 0) throw new CommandFailed(`${run.differences} differences`);
}

async function ended(client: Pick<StoreClient, 'get'>, id: string, signal: AbortSignal): Promise<Reconciliation> {
  for (;;) {
    const run = await client.get(`/orders/reconciliations/${id}?limit=1`, reconciliationSchema);
    if (run.status === 'done') return run;
    if (signal.aborted) throw new CommandFailed(`not waited for: GET /orders/reconciliations/${id} tells how it ends`);
    await pause(LOOK_EVERY_MS, signal);
  }
}

async function* differencesOf(client: Pick<StoreClient, 'get'>, id: string): AsyncIterable<Difference> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await client.get(`/orders/reconciliations/${id}?limit=${PAGE}${after}`, reconciliationSchema);
    yield* page.items;
    cursor = page.nextCursor;
  }
}

function lineOf({ kind, subject, orderId, paymentId, refundId, ours, theirs }: Difference): string {
  const ids = [
    orderId === undefined ? [] : [`order ${orderId}`],
    paymentId === undefined ? [] : [`payment ${paymentId}`],
    refundId === undefined ? [] : [`refund ${refundId}`],
  ];
  const said = subject === 'order' ? (ours ?? '') : `ours: ${ours ?? 'none'}, theirs: ${theirs ?? 'none'}`;
  return `${kind.padEnd(8)}  ${subject.padEnd(7)}  ${ids.flat().join(', ')}  (${said})`;
}

function summaryOf({ from, to, until, payments, refunds, differences }: Reconciliation): string {
  const early = until !== undefined && until < to ? '; what is younger may be in flight, and is left to the next' : '';
  const compared = `compared ${payments} payments and ${refunds} refunds of the provider, ${from} to ${until ?? to}${early}`;
  return `${compared}: ${differences === 0 ? 'no differences' : `${differences} differences`}`;
}
