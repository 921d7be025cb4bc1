import { openCatalogFile } from '@lethe/store';
import { formatMoney } from '@lethe/kernel';
import { access } from 'node:fs/promises';
import type { CliConfig } from './cli.config.js';
import { connectAsAdmin } from './connect.js';
import { CommandFailed, table } from './output.js';
import { Progress } from './progress.js';
import { productIdsBySku, replayInvoices } from './replay-orders.js';
import { readRetailInvoices } from './retail-invoices.js';

/** `lethe replay orders`: a shop's past, placed again at the pace that the store sustains. */
export async function replayOrdersCommand(
  config: CliConfig,
  file: string,
  options: { from: string; to: string; json?: true },
): Promise<void> {
  await access(file);
  if (options.to < options.from) throw new CommandFailed(`--to ${options.to} lies before --from ${options.from}`);
  const client = await connectAsAdmin(config);
  const productIds = await productIdsBySku(client);
  const invoices = await readRetailInvoices(openCatalogFile(file), {
    from: options.from,
    to: options.to,
    isKnown: (code) => productIds.has(code),
  });
  if (invoices.length === 0)
    throw new CommandFailed('no invoice of known products in these days; import the catalogue first');
  const progress = new Progress('replaying', invoices.length, options.json ? undefined : process.stderr);
  const days = await replayInvoices(client, invoices, productIds, (settled) => progress.update(settled, 'orders'));
  progress.end();
  const rows = days.map((day) => [
    day.day,
    day.invoices,
    day.lines,
    day.units,
    day.confirmed,
    day.rejected,
    formatMoney({ amount: day.revenue, currency: 'GBP' }),
  ]);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ days })}\n`
      : `${table(['day', 'invoices', 'lines', 'units', 'confirmed', 'rejected', 'revenue GBP'], rows)}\n`,
  );
  const rejected = days.reduce((sum, day) => sum + day.rejected, 0);
  if (rejected > 0) throw new CommandFailed(`${rejected} orders were not confirmed`);
}
