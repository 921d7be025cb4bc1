import {
  DescribeImagesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
} from '@aws-sdk/client-ecr';
import type { DeliveryConfig } from './delivery.config.js';
import { DeliveryError } from './delivery.errors.js';
import { repositoryName } from './names.js';
import type { RunCommand } from './run-command.js';
import { sourceTag } from './source-tag.js';

/** An image of a service, as the registry knows it. */
export interface BuiltImage {
  readonly service: string;
  readonly tag: string;
  readonly digest: string;
  /** False: the same sources were built before. */
  readonly built: boolean;
}

export interface ImagesOptions {
  readonly ecr: ECRClient;
  readonly run: RunCommand;
  readonly root: string;
  /** What builds and pushes. */
  readonly tool: DeliveryConfig['CONTAINER_TOOL'];
  /** `123456789012.dkr.ecr.eu-west-1.amazonaws.com` */
  readonly registry: string;
  /** Bases of the image by digest: NODE and BASE of the Dockerfile. */
  readonly bases: Readonly<Record<string, string>>;
}

/** OCI's own format knows no health checks. */
const FORMAT = { docker: [], podman: ['--format', 'docker'], buildah: ['--format', 'docker'] } as const;

/** Builds and pushes the image of a service, unless the registry has one of the same sources. */
export async function imageOf(service: string, options: ImagesOptions): Promise<BuiltImage> {
  const { ecr, run, root, registry, bases, tool } = options;
  const tag = await sourceTag(service, root, run);
  const existing = await digestOf(ecr, service, tag);
  if (existing !== undefined) return { service, tag, digest: existing, built: false };
  const name = `${registry}/${repositoryName(service)}:${tag}`;
  const args = Object.entries({ APP: service, ...bases }).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  const build = ['build', '--platform', 'linux/arm64', '--file', 'docker/service.Dockerfile', ...args, '--tag', name];
  await signIn(options);
  await run(tool, [...build, ...FORMAT[tool], '.'], { cwd: root, shown: true });
  await run(tool, ['push', name], { cwd: root, shown: true });
  const digest = await digestOf(ecr, service, tag);
  if (digest === undefined) throw new DeliveryError(`the registry does not have ${name}, which was pushed to it`);
  return { service, tag, digest, built: true };
}

/** Throws a {@link DeliveryError} where there is nothing to build images with. */
export async function checkTool({ run, root, tool }: Pick<ImagesOptions, 'run' | 'root' | 'tool'>): Promise<void> {
  try {
    await run(tool, ['--version'], { cwd: root });
  } catch (cause) {
    throw new DeliveryError(`${tool} does not run here: set CONTAINER_TOOL to docker, podman or buildah`, { cause });
  }
}

/** A token of twelve hours, by the standard input: it is in no list of processes. */
async function signIn({ ecr, run, root, registry, tool }: ImagesOptions): Promise<void> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const token = authorizationData?.[0]?.authorizationToken;
  if (token === undefined) throw new DeliveryError(`the registry ${registry} gives no token`);
  const [username = '', ...password] = Buffer.from(token, 'base64').toString().split(':');
  const args = ['login', '--username', username, '--password-stdin', registry];
  await run(tool, args, { cwd: root, shown: true, input: password.join(':') });
}

async function digestOf(ecr: ECRClient, service: string, imageTag: string): Promise<string | undefined> {
  try {
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName: repositoryName(service), imageIds: [{ imageTag }] }),
    );
    return imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (error instanceof ImageNotFoundException) return undefined;
    throw error;
  }
}
