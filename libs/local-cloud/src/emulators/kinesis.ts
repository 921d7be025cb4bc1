import { mkdirSync } from 'node:fs';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';
import { serveHttp } from './http-emulator.js';
import { repairKinesalite } from './kinesalite-repairs.js';

/** Shards that all streams together may have: above what tests ask for, well below what LevelDB bears. */
const SHARD_LIMIT = 500;

/** Kinesis Data Streams by kinesalite, its records in LevelDB. HTTP/1.1 only. */
export async function runKinesis(options: EmulatorOptions): Promise<RunningEmulator> {
  mkdirSync(options.dataDir, { recursive: true });
  repairKinesalite();
  const { default: kinesalite } = await import('kinesalite');
  const server = kinesalite({
    path: options.dataDir,
    shardLimit: SHARD_LIMIT,
    createStreamMs: 0,
    deleteStreamMs: 0,
    updateStreamMs: 0,
  });
  return serveHttp(server, options);
}
