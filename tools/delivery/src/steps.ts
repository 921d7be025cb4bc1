import { join } from 'node:path';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DescribeRepositoriesCommand, ECRClient, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { affectedServices, baseOf } from './affected.js';
import { storeServices } from '@lethe/contracts';
import { writeBill } from './bill-of-materials.js';
import { cloudfrontOf, secretsIn } from './calls/callers.js';
import type { DeliveryConfig } from './delivery.config.js';
import { deployStage } from './deploy-stage.js';
import { type BuiltImage, imageOf } from './images.js';
import { readManifest, writeManifest } from './manifest.js';
import { REGISTRY_PRESENT, repositoryName } from './names.js';
import { pagesOf } from './pages/pages.js';
import { publishPages } from './pages/publish-pages.js';
import { StageParameters } from './parameters.js';
import type { Patience } from './patience.js';
import type { RunCommand } from './run-command.js';
import { checkScan } from './scan.js';
import { smokeTest } from './smoke.js';

/** What steps are taken with. */
export interface Surroundings {
  readonly root: string;
  readonly run: RunCommand;
  readonly patience: Patience;
  /** The answer of a step. */
  readonly print: (line: string) => void;
  /** How it goes. */
  readonly tell: (line: string) => void;
}

const ssmIn = ({ AWS_REGION }: DeliveryConfig): SSMClient => new SSMClient({ region: AWS_REGION });
const parametersIn = (config: DeliveryConfig): StageParameters => new StageParameters(ssmIn(config));

/** Prints what `nx affected` compares with. */
export async function printBase(config: DeliveryConfig, { root, run, print }: Surroundings): Promise<void> {
  print(await baseOf(await parametersIn(config).base(), root, run));
}

/** Writes down that the commit of a manifest has come through the last stage. */
export async function recordBase(file: string, config: DeliveryConfig, { tell }: Surroundings): Promise<void> {
  const { commit } = readManifest(file);
  await parametersIn(config).writeBase(commit);
  tell(`the next change is compared with ${commit}`);
}

/** Images of the services that are affected: built where no image of the same sources is, each with its bill and its scan. */
export async function buildImages(
  { base, out }: { readonly base: string; readonly out: string },
  config: DeliveryConfig,
  around: Surroundings,
): Promise<void> {
  const { root, run, tell, patience } = around;
  const { AWS_REGION: region, REGISTRY: registry, RECORDS_BUCKET: bucket, CONTAINER_TOOL: tool } = config;
  const { NODE_IMAGE, BASE_IMAGE } = config;
  const bases = {
    ...(NODE_IMAGE === '' ? {} : { NODE: NODE_IMAGE }),
    ...(BASE_IMAGE === '' ? {} : { BASE: BASE_IMAGE }),
  };
  const [ecr, s3] = [new ECRClient({ region }), new S3Client({ region })];
  const images: BuiltImage[] = [];
  for (const service of await affectedServices(base, root, run)) {
    const image = await imageOf(service, { ecr, run, root, registry, bases, tool });
    tell(`${service}: ${image.digest}${image.built ? '' : ', of the same sources as before'}`);
    // Of the same sources it is the same bill: one who was ended after the push has not written it.
    tell(`${service}: ${await writeBill(s3, bucket, image, root)}`);
    await checkScan(ecr, service, image.digest, patience);
    images.push(image);
  }
  const commit = (await run('git', ['rev-parse', 'HEAD'], { cwd: root })).trim();
  writeManifest(out, { commit, base, digests: Object.fromEntries(images.map((one) => [one.service, one.digest])) });
}

/** A manifest as far as a stage. */
export async function deploy(
  { stage, images }: { readonly stage: string; readonly images: string },
  config: DeliveryConfig,
  { root, run, patience, tell }: Surroundings,
): Promise<void> {
  const { commit, digests } = readManifest(images);
  const { AWS_REGION: region, CDK_CONTEXT, SMOKE_ORIGIN } = config;
  const context = [`stage=${stage}`, ...CDK_CONTEXT.split(' ').filter((one) => one !== '')];
  const parameters = parametersIn(config);
  await deployStage(commit, digests, {
    ecs: new ECSClient({ region }),
    codedeploy: new CodeDeployClient({ region }),
    parameters,
    patience,
    tell,
    registers: async ({ withoutTasks }) => {
      const said = [...context, ...(withoutTasks ? ['tasks=none'] : [])].flatMap((one) => ['-c', one]);
      const cdk = [join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), 'deploy', '--all', '--require-approval=never'];
      await run(process.execPath, [...cdk, ...said], { cwd: join(root, 'apps', 'infra'), shown: true });
    },
    preparesDatabases: async () => {
      const { cluster, admin } = await parameters.database();
      const lethe = [join(root, 'tools', 'cli', 'dist', 'main.js'), 'database', 'prepare'];
      const place = ['--cluster-arn', cluster, '--secret-arn', admin];
      await run(process.execPath, [...lethe, ...place], { cwd: root, env: { AWS_REGION: region }, shown: true });
    },
    smoke: () => smokeTest(SMOKE_ORIGIN, patience),
    publishes: () => publish(config, { root, patience, tell }),
  });
}

/** The pages of this checkout, as far as a stage that has been deployed. */
export async function publish(
  config: DeliveryConfig,
  { root, patience, tell }: Pick<Surroundings, 'root' | 'patience' | 'tell'>,
): Promise<void> {
  const ssm = ssmIn(config);
  await publishPages(pagesOf(root), {
    parameters: new StageParameters(ssm),
    s3: new S3Client({ region: config.AWS_REGION }),
    cloudfront: cloudfrontOf(config, ssm.config, patience),
    tell,
  });
}

/** Fills the secrets of a stage that nobody can make up; with `check` only looks whether it could. */
export async function secrets(
  { check }: { readonly check: boolean },
  config: DeliveryConfig,
  { patience, tell }: Surroundings,
): Promise<void> {
  // What makes keys brings what verifies tokens in a service.
  const { checkProvided, fillSecrets } = await import('./secrets/fill-secrets.js');
  const store = secretsIn(config, ssmIn(config).config, patience);
  if (check) await checkProvided(store, config);
  else await fillSecrets(store, config, tell);
}

/** Prints whether there is a repository for the images of every service. */
export async function printRegistry({ AWS_REGION: region }: DeliveryConfig, { print }: Surroundings): Promise<void> {
  const repositoryNames = storeServices.map(({ name }) => repositoryName(name));
  try {
    await new ECRClient({ region }).send(new DescribeRepositoriesCommand({ repositoryNames }));
    print(REGISTRY_PRESENT);
  } catch (error) {
    if (!(error instanceof RepositoryNotFoundException)) throw error;
    print('absent');
  }
}
