// Fills the compile cache of the programs that are named: what Node has compiled by the time that a program, told nothing,
// stops at its configuration. `node compile.mjs CACHE PROGRAM...`; it fails where nothing was kept.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const [cache = '', ...programs] = process.argv.slice(2);
for (const program of programs) spawnSync(process.execPath, [program], { env: { NODE_COMPILE_CACHE: cache } });
const kept = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
if (kept.length === 0) throw new Error(`nothing was kept in ${cache}`);
