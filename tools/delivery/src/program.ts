import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readDeliveryConfig } from './delivery.config.js';
import { DeliveryError } from './delivery.errors.js';
import { checkTool } from './images.js';
import { runCommand } from './run-command.js';
import { smokeTest } from './smoke.js';
import {
  type Surroundings,
  buildImages,
  deploy,
  printBase,
  printRegistry,
  publish,
  recordBase,
  secrets,
} from './steps.js';

const USAGE = `node tools/delivery/dist/main.js
  base                            prints what nx affected compares with: the last commit deployed
  images --base SHA --out FILE    builds, scans and writes down the images that are affected
  images --check                  only looks whether there is something to build them with
  deploy --stage NAME --images FILE
                                  digests, stacks, migrations, workers, services, a look from outside, pages, the commit
  record --images FILE            the commit has come through: the next one is compared with it
  smoke                           only the look from outside
  pages                           only the pages of the web, and CloudFront is told of them
  registry                        prints whether images have a place: present, absent
  secrets [--check]               fills the secrets that nobody can make up; or only looks whether it could`;

const OPTIONS = {
  base: { type: 'string' },
  out: { type: 'string' },
  stage: { type: 'string' },
  images: { type: 'string' },
  check: { type: 'boolean' },
} as const;

/** The top of the checkout, seen from `src` and from `dist` alike. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const DEFAULTS: Surroundings = {
  root: ROOT,
  run: runCommand,
  patience: { everySeconds: 10, pause },
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
};

/** Takes a step, and gives the exit code. Errors that say all by their message are told in one line. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  surroundings: Partial<Surroundings> = {},
): Promise<number> {
  const around = { ...DEFAULTS, ...surroundings };
  try {
    if (await step(args, env, around)) return 0;
    around.tell(USAGE);
    return 2;
  } catch (error) {
    around.tell(`delivery: ${describe(error)}`);
    return 1;
  }
}

async function step(args: readonly string[], env: NodeJS.ProcessEnv, around: Surroundings): Promise<boolean> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const { base, out, stage, images, check = false } = values;
  const [name = ''] = positionals;
  const config = readDeliveryConfig(env);
  switch (name) {
    case 'base':
      await printBase(config, around);
      return true;
    case 'smoke':
      await smokeTest(config.SMOKE_ORIGIN, around.patience);
      return true;
    case 'pages':
      await publish(config, around);
      return true;
    case 'registry':
      await printRegistry(config, around);
      return true;
    case 'secrets':
      await secrets({ check }, config, around);
      return true;
    case 'images':
      if (check) {
        await checkTool({ ...around, tool: config.CONTAINER_TOOL });
        return true;
      }
      if (base === undefined || out === undefined) return false;
      await buildImages({ base, out }, config, around);
      return true;
    case 'deploy':
      if (stage === undefined || images === undefined) return false;
      await deploy({ stage, images }, config, around);
      return true;
    case 'record':
      if (images === undefined) return false;
      await recordBase(images, config, around);
      return true;
    default:
      return false;
  }
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return `${error.message}: ${error.errors.map(describe).join('; ')}`;
  if (error instanceof DeliveryError) return error.message;
  // What AWS refuses, and credentials that are not there.
  if (error instanceof Error && ('$fault' in error || error.name === 'CredentialsProviderError'))
    return `${error.name}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
