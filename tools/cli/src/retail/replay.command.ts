import { openCatalogFile } from '@lethe/store';
import { formatMoney } from '@lethe/kernel';
import type { StoreClient } from '@lethe/store';
import { access } from 'node:fs/promises';
import type { CliConfig } from '../cli.config.js';
import { connectAsAdmin } from '../connect.js';
import { CommandFailed, table } from '../output.js';
import { Progress } from '../progress.js';
import { type Book, analyticsBook, booksAgree, providerBook, stockBook } from './compare-books.js';
import { type Matching, matchReturns } from './match-returns.js';
import { type DaySummary, type ReplayedSales, productIdsBySku, replayInvoices } from './replay-orders.js';
import { type ReturnsSummary, replayReturns } from './replay-returns.js';
import { type RetailHistory, readRetailFile } from './retail-file.js';

export interface ReplayOptions {
  readonly from: string;
  readonly to: string;
  /** Also take back what the file's cancellations undo, and hold the store's books against each other. */
  readonly returns?: true;
  readonly json?: true;
}

interface Replay {
  readonly client: StoreClient;
  readonly history: RetailHistory;
  readonly productIds: ReadonlyMap<string, string>;
  readonly sales: ReplayedSales;
  readonly startedAt: Date;
}

/** `lethe replay orders`: a shop's past, placed again at the pace that the store sustains. */
export async function replayOrdersCommand(config: CliConfig, file: string, options: ReplayOptions): Promise<void> {
  await access(file);
  if (options.to < options.from) throw new CommandFailed(`--to ${options.to} lies before --from ${options.from}`);
  const startedAt = new Date();
  const client = await connectAsAdmin(config);
  const productIds = await productIdsBySku(client);
  const { from, to } = options;
  const history = await readRetailFile(openCatalogFile(file), { from, to, isKnown: (code) => productIds.has(code) });
  if (history.invoices.length === 0)
    throw new CommandFailed('no invoice of known products in these days; import the catalogue first');
  const progress = progressOf('replaying', history.invoices.length, options);
  const sales = await replayInvoices(client, history.invoices, productIds, (done) => progress.update(done, 'orders'));
  progress.end();
  const replay: Replay = { client, history, productIds, sales, startedAt };
  const rejected = sales.days.reduce((sum, day) => sum + day.rejected, 0);
  if (options.returns === undefined) print(options, { days: sales.days }, tableOfDays(sales.days));
  else if (!(await returnsAndBooks(replay, options))) throw new CommandFailed('the books do not agree');
  if (rejected > 0) throw new CommandFailed(`${rejected} orders were not confirmed`);
}

/** Takes back what came back and compares the books; answers whether they agree. */
async function returnsAndBooks(replay: Replay, options: ReplayOptions): Promise<boolean> {
  const { client, history, productIds, sales, startedAt } = replay;
  const matching = matchReturns(history.invoices, history.cancelled);
  const progress = progressOf('taking back', matching.returns.length, options);
  const taken = await replayReturns(client, matching.returns, { invoices: sales.invoices, productIds }, (done) =>
    progress.update(done, 'returns'),
  );
  progress.end();
  const books: Book[] = [
    bookOfFile(replay, matching),
    bookOfOrders(sales.days, taken),
    await analyticsBook(client, { from: options.from, refunded: taken.refunded }),
    await stockBook(client, unitsLeft(replay, matching)),
    await providerBook(client, startedAt),
  ];
  const agree = booksAgree(books);
  const { unmatched } = matching;
  const report = { days: sales.days, returns: taken, unmatched, notGoods: history.notGoods, books, agree };
  print(options, report, describe(report));
  return agree;
}

/** What the file alone says, of the goods that the store knows. */
function bookOfFile({ history: { invoices } }: Replay, { returns }: Matching): Book {
  const sum = (units: ReadonlyMap<string, number>): number => [...units.values()].reduce((all, one) => all + one, 0);
  return {
    book: 'file',
    orders: invoices.length,
    units: invoices.reduce((all, { units }) => all + sum(units), 0),
    returned: returns.reduce((all, { units }) => all + sum(units), 0),
  };
}

/** What the store answered, order by order. */
function bookOfOrders(days: readonly DaySummary[], taken: ReturnsSummary): Book {
  const sum = (of: (day: DaySummary) => number): number => days.reduce((all, day) => all + of(day), 0);
  return {
    book: 'orders',
    orders: sum(({ confirmed }) => confirmed),
    units: sum(({ units }) => units),
    revenue: sum(({ revenue }) => revenue),
    returned: taken.units,
    refunded: taken.refunded,
  };
}

/** Units sold and not returned, by product. */
function unitsLeft({ history, productIds }: Replay, { returns }: Matching): Map<string, number> {
  const left = new Map<string, number>();
  const add = (units: ReadonlyMap<string, number>, sign: 1 | -1): void => {
    for (const [code, quantity] of units) {
      const id = productIds.get(code);
      if (id !== undefined) left.set(id, (left.get(id) ?? 0) + sign * quantity);
    }
  };
  for (const { units } of history.invoices) add(units, 1);
  for (const { units } of returns) add(units, -1);
  return left;
}

function progressOf(label: string, total: number, { json }: ReplayOptions): Progress {
  return new Progress(label, total, json ? undefined : process.stderr);
}

function print({ json }: ReplayOptions, report: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : text);
}

const pounds = (amount: number | undefined): string =>
  amount === undefined ? '' : formatMoney({ amount, currency: 'GBP' });

function tableOfDays(days: readonly DaySummary[]): string {
  const rows = days.map((day) => [
    day.day,
    day.invoices,
    day.lines,
    day.units,
    day.confirmed,
    day.rejected,
    pounds(day.revenue),
  ]);
  return `${table(['day', 'invoices', 'lines', 'units', 'confirmed', 'rejected', 'revenue GBP'], rows)}\n`;
}

function describe(report: {
  readonly days: readonly DaySummary[];
  readonly returns: ReturnsSummary;
  readonly unmatched: Matching['unmatched'];
  readonly notGoods: number;
  readonly books: readonly Book[];
  readonly agree: boolean;
}): string {
  const { returns, unmatched, notGoods, books, agree } = report;
  const facts = table(
    ['cancellations', 'count'],
    [
      ['returns matched to a sale', returns.returns],
      ['units that came back', returns.units],
      ...Object.entries(unmatched).map(([reason, units]): [string, number] => [`units unmatched: ${reason}`, units]),
      ['lines that are no goods', notGoods],
    ],
  );
  const rows = books.map((book) => [
    book.book,
    book.orders ?? '',
    book.units ?? '',
    pounds(book.revenue),
    book.returned ?? '',
    pounds(book.refunded),
    book.differences ?? '',
  ]);
  const compared = table(['book', 'orders', 'units', 'revenue GBP', 'returned', 'refunded GBP', 'differences'], rows);
  return `${tableOfDays(report.days)}\n${facts}\n\n${compared}\n\nthe books ${agree ? 'agree' : 'DO NOT agree'}\n`;
}
