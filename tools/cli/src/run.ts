import { UnknownFaultError } from '@lethe/chaos';
import { CostDataError, PlanError } from '@lethe/cost';
import { DestinationError } from '@lethe/messaging';
import { LocalCloudError, StoreRefusal, StoreStartError, StoreStateError, StoreUnreachable } from '@lethe/store';
import { NoShardCountError } from '@lethe/streaming/operations';
import { WarehouseError } from '@lethe/warehouse';
import { CommanderError } from 'commander';
import { readCliConfig } from './cli.config.js';
import { CommandFailed } from './output.js';
import { buildProgram } from './program.js';
import { type Terminal, processTerminal } from './terminal.js';

/** Errors whose message says all that a person needs; anything else is a fault of ours and shows its stack. */
const EXPECTED = [
  CommandFailed,
  CostDataError,
  DestinationError,
  LocalCloudError,
  NoShardCountError,
  PlanError,
  RangeError,
  StoreRefusal,
  StoreStartError,
  StoreStateError,
  StoreUnreachable,
  UnknownFaultError,
  WarehouseError,
];

/** Runs the command with these arguments, as given after its name, and gives its exit code. Never rejects. */
export async function run(
  args: readonly string[],
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    await buildProgram(readCliConfig(env, cwd), terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    terminal.err.write(`lethe: ${describe(error)}\n`);
    return 1;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind) || 'code' in error) return error.message;
  // What AWS refuses, and credentials that are not there.
  if ('$fault' in error || error.name === 'CredentialsProviderError') return `${error.name}: ${error.message}`;
  return error.stack ?? error.message;
}
