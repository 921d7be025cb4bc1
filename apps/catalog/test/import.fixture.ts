import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Import, ImportFormat } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { FindImport, FindImportHandler } from '../src/imports/find-import.js';
import { ImportFiles } from '../src/imports/import-file.js';
import { DEFAULT_IMPORT_SETTINGS, type ImportSettings } from '../src/imports/import-settings.js';
import { RunCatalogImport, RunImportHandler } from '../src/imports/run-import.js';
import { StartImport, StartImportHandler } from '../src/imports/start-import.js';
import type { CatalogFixture } from './catalog.fixture.js';

export const ONLINE_RETAIL_HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

/** A line of the Online Retail file. */
export function retailLine(code: string, name: string, quantity: number | string, price: number | string): string {
  return `536365,${code},${name},${quantity},2010-12-01 08:26:00,${price},17850.0,United Kingdom`;
}
export const retailFile = (...lines: readonly string[]): string => `${[ONLINE_RETAIL_HEADER, ...lines].join('\n')}\n`;

/** What a run of a test differs in. */
export interface RunOptions {
  readonly settings?: Partial<ImportSettings>;
  readonly database?: Database;
  readonly files?: ImportFiles;
  readonly stopsFor?: () => number | undefined;
}

/** Imports of one spec. */
export class ImportFixture {
  readonly files: ImportFiles;

  constructor(readonly catalog: CatalogFixture) {
    this.files = new ImportFiles(catalog.clients.s3, catalog.bucket);
  }

  async start(format: ImportFormat, file: string | Buffer): Promise<string> {
    const { database, outbox } = this.catalog;
    async function* body(): AsyncGenerator<Buffer> {
      await Promise.resolve();
      yield Buffer.from(file);
    }
    const handler = new StartImportHandler(database, outbox, this.files);
    return (await handler.execute(new StartImport(format, body(), 'admin'))).id;
  }

  /** Runs an import as a replica would. */
  run(importId: string, { settings, database, files, stopsFor }: RunOptions = {}): Promise<void> {
    const all = { ...DEFAULT_IMPORT_SETTINGS, bucket: this.catalog.bucket, ...settings };
    const { outbox, products } = this.catalog;
    const handler = new RunImportHandler(database ?? this.catalog.database, files ?? this.files, all, outbox, products);
    return handler.execute(new RunCatalogImport(importId, stopsFor ?? (() => undefined)));
  }

  find(importId: string): Promise<Import> {
    return new FindImportHandler(this.catalog.database).execute(new FindImport(importId));
  }

  /** Uploads, runs and gives the result. */
  async import(format: ImportFormat, file: string | Buffer, options?: RunOptions): Promise<Import> {
    const id = await this.start(format, file);
    await this.run(id, options);
    return this.find(id);
  }

  /** Every live product with its stock, by SKU; the same for equal catalogues. */
  products(): Promise<ShopProduct[]> {
    return this.catalog.query<ShopProduct>(
      `SELECT p.sku, p.name, p.description, p.category, p.price_amount AS amount, p.currency, p.version,
              s.available, s.reserved, s.sold, s.initial, s.version AS "stockVersion"
       FROM product p JOIN stock s ON s.product_id = p.id WHERE p.deleted_at IS NULL ORDER BY p.sku`,
    );
  }

  async clear(): Promise<void> {
    for (const table of [
      'stock_adjustment',
      'stock',
      'product',
      'import_rejection',
      'catalog_import',
      'reservation',
      'reservation_state',
    ]) {
      await this.catalog.query(`DELETE FROM ${table}`);
    }
  }

  /** Staging rows that are left of any import, and whether the file of this one is. */
  async leftovers(importId: string): Promise<{ rows: number; files: number }> {
    const [staged] = await this.catalog.query<{ rows: number }>(
      `SELECT ((SELECT count(*) FROM import_price) + (SELECT count(*) FROM import_name)
             + (SELECT count(*) FROM import_units) + (SELECT count(*) FROM import_product))::int AS rows`,
    );
    const { KeyCount: files = 0 } = await this.catalog.clients.s3.send(
      new ListObjectsV2Command({ Bucket: this.catalog.bucket, Prefix: `imports/${importId}` }),
    );
    return { rows: staged?.rows ?? 0, files };
  }
}

/** {@link ImportFixture.leftovers} of an import that has swept behind itself. */
export const NOTHING = { rows: 0, files: 0 };

export interface ShopProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  readonly version: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly initial: number;
  readonly stockVersion: number;
}
