import { lakeColumns } from '@lethe/contracts';
import { type Dialect, LakeObjects, SPARK_DRIVER, buildStatements, readModels, sparkScript } from '@lethe/warehouse';
import type { CliConfig } from '../cli.config.js';
import { withAws } from '../messaging/aws.js';
import { table } from '../output.js';
import { type Terminal, print } from '../terminal.js';
import { RAW_TABLE, type WarehouseOptions, buildWarehouse, modelsFolder, withWarehouse } from './open-warehouse.js';

/** `lethe warehouse build`: the tables anew, from the lake alone. */
export async function buildWarehouseCommand(
  config: CliConfig,
  options: WarehouseOptions,
  terminal: Terminal,
): Promise<void> {
  const models = await readModels(modelsFolder(config));
  await withAws(config, options, (clients) =>
    withWarehouse(config, options, clients, async (warehouse) => {
      const started = performance.now();
      const objects = new LakeObjects(clients.s3, options.bucket);
      const tell = (step: string): void => {
        if (options.json !== true && terminal.err.isTTY) terminal.err.write(`${step}\n`);
      };
      const { files } = await buildWarehouse(warehouse, objects, models, tell);
      const tables: { name: string; rows: number }[] = [];
      for (const { name } of models) {
        const { rows } = await warehouse.query(`SELECT COUNT(*) FROM ${name}`);
        tables.push({ name, rows: Number(rows[0]?.[0] ?? 0) });
      }
      const milliseconds = Math.round(performance.now() - started);
      print(terminal, options.json, { files, milliseconds, tables }, () => {
        const shown = table(
          ['table', 'rows'],
          tables.map(({ name, rows }) => [name, rows]),
        );
        return `${shown}\n\n${files} files, ${milliseconds} ms\n`;
      });
    }),
  );
}

/** `lethe warehouse query`: one question to what was built. */
export async function queryWarehouseCommand(
  { config, sql }: { readonly config: CliConfig; readonly sql: string },
  options: WarehouseOptions,
  terminal: Terminal,
): Promise<void> {
  await withAws(config, options, (clients) =>
    withWarehouse(config, options, clients, async (warehouse) => {
      const { columns, rows } = await warehouse.query(sql);
      print(terminal, options.json, { columns, rows }, () => {
        const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell : String(cell ?? ''))));
        return `${table(columns, cells)}\n`;
      });
    }),
  );
}

export interface ExportOptions {
  readonly dialect: Dialect;
  readonly bucket: string;
  /** Print the program that runs the script on EMR Serverless instead. */
  readonly driver?: true;
}

/** `lethe warehouse export`: the build as a script, for whoever runs it elsewhere. */
export async function exportWarehouseCommand(
  config: CliConfig,
  { dialect, bucket, driver }: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  if (driver === true) {
    terminal.out.write(SPARK_DRIVER);
    return;
  }
  const models = await readModels(modelsFolder(config));
  const columns = lakeColumns;
  if (dialect === 'spark') {
    terminal.out.write(sparkScript({ rawTable: RAW_TABLE, columns, models, lake: `s3://${bucket}/` }));
    return;
  }
  const plan = { rawTable: RAW_TABLE, columns, models, files: [{ key: '', bytes: 0 }] };
  terminal.out.write(`BEGIN;\n${buildStatements(plan, { bucket }).join(';\n\n')};\nCOMMIT;\n`);
}
