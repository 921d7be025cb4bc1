import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { type LakeEvent, lakeColumns } from '@lethe/contracts';
import { type LakeFile, encodeParquet, lakeKey } from '@lethe/warehouse';

/** Beside a checkout, as for `npm start`. */
const RETAIL_FILE = resolve(import.meta.dirname, '../../../../../shared/data/online-retail.csv.gz');

/** Lines of Online Retail; as many are made up where the file is not there. */
const LINES = 541_909;

/** Files of a lake, kept in memory. */
export interface RetailLake {
  readonly files: readonly LakeFile[];
  readonly events: number;
  readonly isReal: boolean;
  readonly get: (key: string) => Promise<Uint8Array>;
}

/** The whole dataset as the lake has it: an order and its lines per invoice, files by type and day. */
export async function retailLake(most = LINES): Promise<RetailLake> {
  const isReal = await access(RETAIL_FILE).then(
    () => true,
    () => false,
  );
  const days = new Map<string, LakeEvent[]>();
  let [events, lines] = [0, 0];
  const orders = new Set<string>();
  const add = (event: LakeEvent): void => {
    const key = `${event.event_type} ${event.occurred_at.slice(0, 10)}`;
    const day = days.get(key) ?? [];
    day.push(event);
    days.set(key, day);
    events += 1;
  };
  for await (const fields of isReal ? fieldsOfFile() : madeUp()) {
    if (lines >= most) break;
    lines += 1;
    for (const event of eventsOf(fields, lines, orders)) add(event);
  }
  const objects = new Map<string, Uint8Array>();
  for (const [name, rows] of days) {
    const [type = '', day = ''] = name.split(' ');
    objects.set(lakeKey({ type, day, id: 'bench' }), encodeParquet(lakeColumns, rows));
  }
  return {
    events,
    isReal,
    files: [...objects].map(([key, { byteLength: bytes }]) => ({ key, bytes })),
    get: (key) => Promise.resolve(objects.get(key) ?? new Uint8Array()),
  };
}

/** A line that sells, and its order where the line is its first. The order's amount is the line's: nobody looks at it. */
function* eventsOf(fields: readonly string[], line: number, orders: Set<string>): Generator<LakeEvent> {
  const [invoice = '', sku = '', name = '', quantity = '', date = '', price = '', customer = '', country = ''] = fields;
  const [units, pence] = [Number(quantity), Math.round(Number(price) * 100)];
  if (!/^\d+$/.test(invoice) || units <= 0 || pence <= 0) return;
  const at = `${date.replace(' ', 'T')}.000Z`;
  const order = { occurred_at: at, placed_at: at, order_id: invoice, customer, country, currency: 'GBP' };
  const { customer: _, ...unknown } = order;
  const known = customer === '' ? unknown : order;
  if (!orders.has(invoice)) {
    orders.add(invoice);
    yield { event_id: invoice, event_type: 'order-confirmed', ...known, amount: units * pence };
  }
  yield {
    event_id: `${invoice}/${line}`,
    event_type: 'order-line',
    ...known,
    line_no: line,
    product_id: sku,
    sku,
    product_name: name,
    units,
    amount: units * pence,
  };
}

async function* fieldsOfFile(): AsyncGenerator<string[]> {
  const input = createReadStream(RETAIL_FILE).pipe(createGunzip());
  let head = true;
  for await (const line of createInterface({ input })) {
    if (!head) yield splitCsv(line);
    head = false;
  }
}

function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** As many lines in as many orders, of as many products, over as many days. */
function* madeUp(): Generator<string[]> {
  for (let line = 0; line < LINES; line += 1) {
    const order = Math.floor(line / 26);
    const sku = String((line * 7_919 + order * 104_729) % 3_900);
    const day = new Date(Date.UTC(2010, 11, 1) + Math.floor(order / 56) * 86_400_000).toISOString().slice(0, 10);
    const customer = order % 4 === 0 ? '' : String(order % 4_300);
    yield [String(536_365 + order), sku, `PRODUCT ${sku}`, '6', `${day} 10:00:00`, '2.55', customer, 'United Kingdom'];
  }
}
