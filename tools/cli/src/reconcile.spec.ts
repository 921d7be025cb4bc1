import { describe, expect, it } from '@jest/globals';
import {
  type Difference,
  type Reconciliation,
  reconciliationSchema,
  startedReconciliationSchema,
} from '@lethe/contracts';
import { InvalidArgumentError } from 'commander';
import { CommandFailed } from './output.js';
import { beginOf, endOf, reconcile } from './reconcile.command.js';

const id = '0198c0de-0000-7000-8000-000000000001';
const orderId = '0198c0de-0000-7000-8000-000000000002';
const period = { from: beginOf('2026-02-01'), to: endOf('2026-02-01') };

/** A store that answers with these differences, a page of one each. */
class Store {
  readonly asked: unknown[] = [];
  #looks = 0;

  constructor(
    private readonly differences: readonly Difference[],
    private readonly doneAtLook: number,
  ) {}

  readonly post = <S>(path: string, _: S, request: { body?: unknown }): Promise<never> => {
    this.asked.push([path, request.body]);
    return answer(startedReconciliationSchema.parse({ id }));
  };

  readonly get = (path: string): Promise<never> => {
    this.#looks += 1;
    const after = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
    const run: Reconciliation = {
      id,
      from: '2026-02-01T00:00:00.000Z',
      to: '2026-02-02T00:00:00.000Z',
      until: '2026-02-02T00:00:00.000Z',
      status: this.#looks >= this.doneAtLook ? 'done' : 'running',
      requestedAt: '2026-02-03T00:00:00.000Z',
      payments: 7,
      refunds: 2,
      differences: this.differences.length,
      items: this.differences.slice(after, after + 1),
      nextCursor: after + 1 < this.differences.length ? String(after + 1) : null,
    };
    return answer(reconciliationSchema.parse(run));
  };
}

/** The type of an answer is that of the schema which the caller hands in. */
function answer(body: object): Promise<never> {
  return Promise.resolve(body as never);
}

async function said(
  differences: readonly Difference[],
  json?: true,
  doneAtLook = 1,
): Promise<{ text: string; error: unknown; store: Store }> {
  const lines: string[] = [];
  const out = { write: (text: string) => lines.push(text) > 0 };
  const store = new Store(differences, doneAtLook);
  const options = { ...period, ...(json && { json }) };
  const error = await reconcile(
    store,
    options,
    { out, err: { ...out, isTTY: false } },
    new AbortController().signal,
  ).catch((thrown: unknown) => thrown);
  return { text: lines.join(''), error, store };
}

const missing: Difference = { kind: 'missing', subject: 'payment', orderId, paymentId: 'pi_1', ours: 'captured' };
const unpaid: Difference = { kind: 'status', subject: 'order', orderId, ours: 'confirmed, payment none' };

describe('lethe reconcile', () => {
  it('asks for the days, waits, and says that nothing differs', async () => {
    const { text, error, store } = await said([], undefined, 2);

    expect(error).toBeUndefined();
    expect(store.asked).toEqual([
      ['/orders/reconciliations', { from: '2026-02-01T00:00:00.000Z', to: '2026-02-02T00:00:00.000Z' }],
    ]);
    expect(text).toBe(
      'compared 7 payments and 2 refunds of the provider, 2026-02-01T00:00:00.000Z to 2026-02-02T00:00:00.000Z: no differences\n',
    );
  });

  it('prints every difference of every page, and fails', async () => {
    const { text, error } = await said([missing, unpaid]);

    expect(error).toBeInstanceOf(CommandFailed);
    expect(text.split('\n').slice(0, 2)).toEqual([
      `missing   payment  order ${orderId}, payment pi_1  (ours: captured, theirs: none)`,
      `status    order    order ${orderId}  (confirmed, payment none)`,
    ]);
  });

  it('prints one JSON document', async () => {
    const { text } = await said([missing, unpaid], true);

    expect(JSON.parse(text)).toMatchObject({ id, differences: 2, items: [missing, unpaid] });
  });

  it('takes days and times, and nothing else', () => {
    expect(endOf('2026-02-01T12:00:00Z').toISOString()).toBe('2026-02-01T12:00:00.000Z');
    expect(endOf('2026-02-28').toISOString()).toBe('2026-03-01T00:00:00.000Z');
    for (const text of ['yesterday', '2026-02-01T12:00:00', '2026-13-01'])
      expect(() => beginOf(text)).toThrow(InvalidArgumentError);
  });
});
