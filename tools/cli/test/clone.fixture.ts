import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { lineOf } from '../src/deploy/step-command.js';

const takenSchema = z.object({
  cwd: z.string(),
  program: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

/** Variables that commands are given, in the order in which they are shown. */
const VARIABLES = ['AWS_REGION', 'REGISTRY', 'RECORDS_BUCKET', 'CDK_CONTEXT', 'SMOKE_ORIGIN'];

/**
 * In place of every program that a deployment runs: writes down how it was called, fails when it is told to, and knows whether
 * the registry has been made.
 */
const PROGRAM = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const here = process.env.CLONE_FIXTURE;
const args = process.argv.slice(2);
const env = Object.fromEntries(${JSON.stringify(VARIABLES)}.flatMap((name) => name in process.env ? [[name, process.env[name]]] : []));
const taken = { cwd: process.cwd(), program: process.argv[1], args, env };
if (args[0] === 'registry') {
  console.log(existsSync(join(here, 'registry')) ? 'present' : 'absent');
} else {
  appendFileSync(join(here, 'taken'), JSON.stringify(taken) + '\\n');
  const fails = existsSync(join(here, 'fails')) ? readFileSync(join(here, 'fails'), 'utf8') : undefined;
  if (fails === args.join(' ')) {
    console.error('delivery: the cause');
    process.exitCode = 1;
  } else if (args.includes('--app=node dist/delivery-main.js')) writeFileSync(join(here, 'registry'), '');
}
`;

/** A clone of the repository, with programs that only write down how they are called. */
export class CloneFixture {
  readonly #here: string;

  constructor(readonly root: string) {
    this.#here = join(root, 'fixture');
    for (const program of [
      'tools/delivery/dist/main.js',
      'node_modules/aws-cdk/bin/cdk',
      'node_modules/nx/dist/bin/nx.js',
    ])
      this.write(program, PROGRAM);
    this.write('fixture/about', '');
    this.write('apps/infra/cdk.json', '{}');
    this.write('apps/web/public/index.html', '<!doctype html>');
    this.write('apps/web/public/console.js', '');
    this.write('.gitignore', '*\n!uncommitted\n');
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    process.env['CLONE_FIXTURE'] = this.#here;
  }

  write(name: string, text: string): void {
    const file = join(this.root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(name: string): void {
    rmSync(join(this.root, name));
  }

  /** Has the program fail that is called with these arguments; undefined: none. */
  failAt(args: string | undefined): void {
    if (args === undefined) this.remove('fixture/fails');
    else this.write('fixture/fails', args);
  }

  /** Every program that was run since the last time this was asked, as a person would type it. */
  taken(): string[] {
    const file = join(this.#here, 'taken');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(file);
    return lines.map((line) => {
      const { cwd, program, args, env } = takenSchema.parse(JSON.parse(line));
      const below = relative(realpathSync(this.root), cwd);
      const words = [relative(cwd, realpathSync(program)), ...args];
      return lineOf({ program: 'node', args: words, env, ...(below === '' ? {} : { cwd: below }) });
    });
  }
}
