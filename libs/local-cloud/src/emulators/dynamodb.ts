import { mkdirSync } from 'node:fs';
import dynalite from 'dynalite';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';
import { serveHttp } from './http-emulator.js';

/** DynamoDB by dynalite, its tables in LevelDB. No transactions, TTL or streams (dynalite does not have them). */
export async function runDynamodb(options: EmulatorOptions): Promise<RunningEmulator> {
  mkdirSync(options.dataDir, { recursive: true });
  const server = dynalite({ path: options.dataDir, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  return serveHttp(server, options);
}
