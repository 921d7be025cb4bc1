import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { type UsersPlace, type UsersStep, startUsersStep } from '@lethe/store';
import { z } from 'zod';
import type { CliConfig } from '../cli.config.js';
import { CommandFailed, table } from '../output.js';
import { Counter } from '../progress.js';
import { type Terminal, print } from '../terminal.js';

export interface UsersOptions {
  /** Whose users: auth's own, or those of its user pool. */
  readonly of: 'own' | 'cognito';
  /** Take the store as the environment names it, not the one that runs here. */
  readonly env?: true;
  readonly json?: true;
}

export interface ImportUsersOptions extends UsersOptions {
  readonly dryRun?: true;
}

const reportSchema = z.object({
  imported: z.int(),
  exists: z.int(),
  refused: z.int(),
  faults: z.array(z.object({ line: z.int(), reason: z.string() })),
});
const progressSchema = z.object({ done: z.int() });

/** Refused lines shown in a terminal; `--json` prints all that were kept. */
const SHOWN = 10;
const NEWLINE = 0x0a;

/** `lethe users export`: one user per line, with password hashes where there are any; only its owner may read the file. */
export async function exportUsersCommand(
  config: CliConfig,
  file: string,
  options: UsersOptions,
  terminal: Terminal,
): Promise<void> {
  const counter = new Counter(options.json ? undefined : terminal.err);
  const step = startUsersStep(['export'], options.of, placeOf(config, options));
  const ended = endOf(step);
  step.stdin.end();
  let users = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const byte of chunk) if (byte === NEWLINE) users += 1;
      counter.update(`exporting  ${users} users`);
      done(null, chunk);
    },
  });
  await Promise.all([pipeline(step.stdout, count, createWriteStream(file, { mode: 0o600, flags: 'wx' })), ended]);
  counter.end();
  print(
    terminal,
    options.json,
    { users, file },
    () => `${users} users written to ${file}; keep it as you keep passwords\n`,
  );
}

/** `lethe users import`: who is there already stays as they are, so it may run again. */
export async function importUsersCommand(
  config: CliConfig,
  file: string,
  options: ImportUsersOptions,
  terminal: Terminal,
): Promise<void> {
  await stat(file);
  const counter = new Counter(options.json ? undefined : terminal.err);
  const args = ['import', ...(options.dryRun ? ['--dry-run'] : [])];
  const step = startUsersStep(args, options.of, placeOf(config, options));
  const ended = endOf(step, (done) => counter.update(`importing  ${done} lines`));
  const [answer] = await Promise.all([textOf(step), ended, pipeline(createReadStream(file), step.stdin)]);
  counter.end();
  const report = reportSchema.parse(JSON.parse(answer));
  print(terminal, options.json, { ...report, dryRun: options.dryRun === true }, () => describe(report, options));
  if (report.refused > 0) throw new CommandFailed(`${report.refused} lines were refused`);
}

function placeOf({ dataDir }: CliConfig, { env }: UsersOptions): UsersPlace {
  return env === true ? { env: process.env } : { dataDir };
}

/** Rejects with what the step printed where it did not end well. */
async function endOf(step: UsersStep, onProgress?: (done: number) => void): Promise<void> {
  const complaints: string[] = [];
  const ended = Promise.withResolvers<number | null>();
  step.once('error', ended.reject).once('close', ended.resolve);
  for await (const line of createInterface({ input: step.stderr })) {
    const progress =
      onProgress && line.startsWith('{"done"') ? progressSchema.safeParse(JSON.parse(line)).data : undefined;
    if (progress) onProgress?.(progress.done);
    else complaints.push(line);
  }
  const code = await ended.promise;
  if (code !== 0) throw new CommandFailed(`auth ended with ${code}: ${complaints.slice(0, 3).join(' ').slice(0, 500)}`);
}

async function textOf({ stdout }: UsersStep): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdout) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function describe(report: z.output<typeof reportSchema>, { dryRun }: ImportUsersOptions): string {
  const would = dryRun ? 'would be imported' : 'imported';
  const sum = `${report.imported} users ${would}, ${report.exists} were there, ${report.refused} lines refused\n`;
  if (report.faults.length === 0) return sum;
  const rows = report.faults.slice(0, SHOWN).map(({ line, reason }) => [line, reason]);
  return `${sum}${table(['line', 'reason'], rows)}\n`;
}
