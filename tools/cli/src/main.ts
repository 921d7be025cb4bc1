import { LocalCloudError, StoreRefusal, StoreStartError, StoreStateError, StoreUnreachable } from '@lethe/store';
import { CommanderError } from 'commander';
import { readCliConfig } from './cli.config.js';
import { CommandFailed } from './output.js';
import { buildProgram } from './program.js';

/** Errors whose message says all that a person needs; anything else is a fault of ours and shows its stack. */
const EXPECTED = [
  CommandFailed,
  LocalCloudError,
  RangeError,
  StoreRefusal,
  StoreStartError,
  StoreStateError,
  StoreUnreachable,
];

try {
  const config = readCliConfig(process.env, process.cwd());
  await buildProgram(config).parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
  } else {
    const expected = EXPECTED.some((kind) => error instanceof kind) || (error instanceof Error && 'code' in error);
    process.stderr.write(`lethe: ${expected && error instanceof Error ? error.message : describe(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
