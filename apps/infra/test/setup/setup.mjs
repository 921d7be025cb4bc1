import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import startServices from '../../../../jest.services.mjs';

const STAGES = {
  dev: { stage: 'dev' },
  staging: { stage: 'staging' },
  production: { stage: 'production' },
  // With AWS's own where there is a choice.
  managed: { stage: 'dev', identityProvider: 'cognito', lakeClicks: 'firehose' },
};
const infra = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Every stage as a deployment would get it: by the app's own program, with neither an account nor a network. */
export default async function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-infra-'));
  const bundles = join(folder, 'bundles');
  // What a bundle holds is not looked at.
  for (const file of readdirSync(join(infra, '..', 'functions', 'src', 'handlers'))) {
    const handler = join(bundles, basename(file, '.ts'));
    mkdirSync(handler, { recursive: true });
    writeFileSync(join(handler, 'index.mjs'), 'export const handler = () => undefined;\n');
  }
  process.env.INFRA_SYNTH = folder;
  globalThis.__synth = folder;
  await Promise.all([startServices(), ...Object.keys(STAGES).map((stage) => synth(stage, folder, bundles))]);
}

async function synth(stage, folder, bundles) {
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: join(folder, stage),
    // CDK's own check of templates takes longer than all the rest; stages differ in numbers alone.
    ...(stage === 'production' ? {} : { CDK_VALIDATION: 'false' }),
    CDK_CONTEXT_JSON: JSON.stringify({ ...STAGES[stage], bundles }),
  };
  try {
    await run(process.execPath, ['dist/main.js'], { cwd: infra, env, maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(`${stage} is not synthesised:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}
