// node .ci/tally.mjs STATUS
// Adds up what each project's test run left in test-results.json and prints "N passed, N failed" as the last line.
// STATUS is the exit code of the commands before it. Exits non-zero where it is, where a test failed, or where none ran.
import { globSync, readFileSync } from 'node:fs';

const status = Number(process.argv[2] ?? 0);
const results = globSync('{libs,apps,tools}/*/test-results.json').map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (name) => results.reduce((total, result) => total + result[name], 0);
const passed = sum('passed');
const failed = sum('failed');
const broken = status !== 0 || passed === 0;
console.log(`${passed} passed, ${failed === 0 && broken ? 1 : failed} failed`);
process.exitCode = failed > 0 || broken ? 1 : 0;
