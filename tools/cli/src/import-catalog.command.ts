import type { ImportFormat } from '@lethe/contracts';
import { importCatalog, openCatalogFile } from '@lethe/store';
import { access } from 'node:fs/promises';
import type { CliConfig } from './cli.config.js';
import { connectAsAdmin } from './connect.js';
import { CommandFailed, table } from './output.js';
import { Counter } from './progress.js';

/** Rejected lines shown in a terminal; `--json` prints all that the store kept. */
const SHOWN = 10;

/** `lethe import catalog`: uploads the file, follows the import, and tells what came of it. */
export async function importCatalogCommand(
  config: CliConfig,
  file: string,
  options: { format: ImportFormat; json?: true },
): Promise<void> {
  await access(file);
  const client = await connectAsAdmin(config);
  const counter = new Counter(options.json ? undefined : process.stderr);
  const result = await importCatalog(client, openCatalogFile(file), options.format, ({ phase, done }) =>
    counter.update(
      phase === 'uploading' ? `uploading  ${(done / 1_048_576).toFixed(1)} MiB` : `importing  ${done} lines`,
    ),
  );
  counter.end();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    process.stdout.write(
      `${result.status}: ${result.imported} products from ${result.rows} lines, ${result.rejectedCount} lines rejected\n`,
    );
    if (result.rejected.length > 0) {
      process.stdout.write(
        `${table(
          ['line', 'reason'],
          result.rejected.slice(0, SHOWN).map(({ line, reason }) => [line, reason]),
        )}\n`,
      );
    }
    if (result.rejectedCount > SHOWN)
      process.stdout.write(`… and ${result.rejectedCount - SHOWN} more (--json shows them)\n`);
  }
  if (result.status === 'failed') throw new CommandFailed(result.failure ?? 'the import failed');
}
