import { DuckDBInstance } from '@duckdb/node-api';
import { RETAIL_FILE } from './retail-messages.js';

type Row = Record<string, string | number>;

/** What the file says, by DuckDB, straight from it: nothing of this project takes part. */
export class RetailComputation {
  private constructor(private readonly run: (sql: string) => Promise<Row[]>) {}

  /** Of the first lines of the file. */
  static async of(most: number): Promise<RetailComputation> {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
    const run = async (sql: string): Promise<Row[]> => {
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, COUNTS.has(name) ? Number(value) : textOf(value)]),
        ),
      );
    };
    await run(`CREATE TABLE line AS
      SELECT InvoiceNo AS invoice, upper(trim(StockCode)) AS code, Quantity::BIGINT AS quantity,
        strptime(InvoiceDate, '%Y-%m-%d %H:%M:%S') AS moment,
        floor(UnitPrice::DECIMAL(18, 4) * 100 + 0.5)::BIGINT AS pence, UnitPrice::DECIMAL(18, 4) > 0 AS priced,
        coalesce(CustomerID, '') AS customer, Country AS country
      FROM (SELECT * FROM read_csv('${RETAIL_FILE}', header = true, all_varchar = true, parallel = false) LIMIT ${most})`);
    await run(`CREATE TABLE sale AS
      SELECT l.*, min(moment) OVER (PARTITION BY invoice) AS placed_at FROM line l
      WHERE regexp_full_match(invoice, '[0-9]+') AND quantity > 0 AND priced`);
    return new RetailComputation(run);
  }

  lines(): Promise<Row[]> {
    return this.run('SELECT count(*) AS lines FROM line');
  }

  salesByDay(): Promise<Row[]> {
    return this.run(`SELECT strftime(placed_at, '%Y-%m-%d') AS day, count(DISTINCT invoice) AS orders,
      sum(quantity) AS units, sum(quantity * pence) AS amount FROM sale GROUP BY 1 ORDER BY 1`);
  }

  topProducts(): Promise<Row[]> {
    return this.run(`SELECT code, sum(quantity) AS units, sum(quantity * pence) AS amount FROM sale GROUP BY 1
      ORDER BY 2 DESC, 3 DESC LIMIT 20`);
  }

  byCountry(): Promise<Row[]> {
    return this.run(`SELECT country AS key, count(DISTINCT invoice) AS orders, sum(quantity) AS units,
      sum(quantity * pence) AS amount FROM sale GROUP BY 1 ORDER BY 1`);
  }

  byCategory(): Promise<Row[]> {
    return this.run(`SELECT substr(code, 1, 2) AS key, count(DISTINCT invoice) AS orders, sum(quantity) AS units,
      sum(quantity * pence) AS amount FROM sale GROUP BY 1 ORDER BY 1`);
  }

  /** Recency, frequency and money of each customer. */
  customers(): Promise<Row[]> {
    return this.run(`SELECT customer, strftime(max(placed_at), '%Y-%m-%dT%H:%M:%S.000Z') AS latest,
      count(DISTINCT invoice) AS orders, sum(quantity * pence) AS amount
      FROM sale WHERE customer <> '' GROUP BY 1 ORDER BY 1`);
  }

  refundsByDay(): Promise<Row[]> {
    return this.run(`SELECT strftime(moment, '%Y-%m-%d') AS day, count(DISTINCT invoice) AS refunds,
        sum(-quantity * pence) AS refunded
      FROM (SELECT *, min(moment) OVER (PARTITION BY invoice) AS first FROM line WHERE invoice LIKE 'C%' AND quantity < 0)
      GROUP BY 1 ORDER BY 1`);
  }
}

/** Counts come as text, since they may be larger than a number holds; names and stock codes are text. */
const COUNTS: ReadonlySet<string> = new Set(['lines', 'orders', 'units', 'amount', 'refunds', 'refunded']);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
