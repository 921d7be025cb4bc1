import { DescribeImagesCommand, type ECRClient, ImageNotFoundException } from '@aws-sdk/client-ecr';
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
  /** `123456789012.dkr.ecr.eu-west-1.amazonaws.com` */
  readonly registry: string;
  /** Bases of the image by digest: NODE and BASE of the Dockerfile. */
  readonly bases: Readonly<Record<string, string>>;
}

/** Builds and pushes the image of a service, unless the registry has one of the same sources. */
export async function imageOf(service: string, options: ImagesOptions): Promise<BuiltImage> {
  const { ecr, run, root, registry, bases } = options;
  const tag = await sourceTag(service, root, run);
  const existing = await digestOf(ecr, service, tag);
  if (existing !== undefined) return { service, tag, digest: existing, built: false };
  const name = `${registry}/${repositoryName(service)}:${tag}`;
  const args = Object.entries({ APP: service, ...bases }).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  const build = ['build', '--platform', 'linux/arm64', '--file', 'docker/service.Dockerfile', ...args, '--tag', name];
  await run('docker', [...build, '.'], { cwd: root, shown: true });
  await run('docker', ['push', name], { cwd: root, shown: true });
  const digest = await digestOf(ecr, service, tag);
  if (digest === undefined) throw new DeliveryError(`the registry does not have ${name}, which was pushed to it`);
  return { service, tag, digest, built: true };
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
