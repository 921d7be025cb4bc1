import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';

/** Of the image of CodeBuild; Node 24 itself comes with the lock file. */
const NODE_TO_BEGIN_WITH = 22;
const NPM = 'npm@11.19.1';
const STEPS = 'node tools/delivery/dist/main.js';
const NX = 'node_modules/.bin/nx';

const install = {
  'runtime-versions': { nodejs: NODE_TO_BEGIN_WITH },
  commands: [
    `npm install --global --no-audit --no-fund ${NPM}`,
    'npm ci --no-audit --no-fund',
    'export PATH="$PWD/node_modules/.bin:$PATH" CI=true NX_TUI=false',
  ],
};
/** What was built and installed before, by its hashes. */
const cache = { paths: ['.nx/cache/**/*', '/root/.npm/**/*'] };

const specOf = (build: readonly string[], rest: Readonly<Record<string, unknown>> = {}): BuildSpec =>
  BuildSpec.fromObjectToYaml({
    version: 0.2,
    // A variable that one command exports is there for the next.
    env: { shell: 'bash' },
    phases: { install, build: { 'on-failure': 'ABORT', commands: [...build] } },
    cache,
    ...rest,
  });

/** Everything that is affected since the last commit deployed, with tests against the embedded services and the journeys. */
export const checkSpec = (): BuildSpec =>
  specOf([
    'dnf install --assumeyes --quiet valkey',
    'export LETHE_REQUIRE_VALKEY=1',
    `${NX} run @lethe/delivery:build --output-style=static`,
    `export NX_BASE="$(${STEPS} base)" NX_HEAD=HEAD`,
    'npm run format:check',
    'npm run boundaries',
    `${NX} affected -t lint typecheck build --output-style=static`,
    `${NX} affected -t test --exclude=@lethe/e2e --output-style=static`,
    `${NX} affected -t test --exclude='*,!@lethe/e2e' --output-style=static`,
    'npm audit --omit=dev --audit-level=high',
  ]);

/** Images of the services that are affected, once each; a manifest of digests goes on. */
export const imagesSpec = (): BuildSpec =>
  specOf(
    [
      `${NX} run @lethe/delivery:build --output-style=static`,
      `base="$(${STEPS} base)"`,
      `${STEPS} images --base "$base" --out images.json`,
    ],
    { artifacts: { files: ['images.json'] } },
  );

/** A manifest as far as a stage, in the role of that stage: asked for anew whenever it ends. */
export const deploySpec = (): BuildSpec =>
  specOf([
    `${NX} run-many -t build --output-style=static`,
    `${NX} run @lethe/functions:bundle --output-style=static`,
    'printf \'[profile stage]\\nrole_arn = %s\\ncredential_source = EcsContainer\\nregion = %s\\n\' "$DEPLOYER" "$STAGE_REGION" > "$HOME/stage"',
    'export AWS_CONFIG_FILE="$HOME/stage" AWS_PROFILE=stage AWS_REGION="$STAGE_REGION"',
    `${STEPS} deploy --stage "$STAGE" --images "$CODEBUILD_SRC_DIR_Images/images.json"`,
  ]);

/** The commit has come through: the next one is compared with it. */
export const recordSpec = (): BuildSpec =>
  specOf([
    `${NX} run @lethe/delivery:build --output-style=static`,
    `${STEPS} record --images "$CODEBUILD_SRC_DIR_Images/images.json"`,
  ]);
