import { Stack } from 'aws-cdk-lib';
import { type IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { digestParameter, repositoryName } from '@lethe/delivery';
import type { Construct } from 'constructs';
import { StageError } from '../infra.errors.js';

/** An image of a service, by digest: what a tag points to may change, and a digest cannot. */
export interface DeployedImage {
  readonly repository: IRepository;
  readonly digest: string;
}

/**
 * The image whose digest was last written down for a service; CloudFormation reads it when it deploys. The registry is
 * that of the delivery, `-c images=ACCOUNT:REGION`, or the stage's own. Throws a {@link StageError}.
 */
export function deployedImage(scope: Construct, service: string): DeployedImage {
  return {
    repository: Repository.fromRepositoryAttributes(scope, 'Repository', {
      repositoryName: repositoryName(service),
      repositoryArn: Stack.of(scope).formatArn({
        service: 'ecr',
        resource: 'repository',
        resourceName: repositoryName(service),
        ...registryOf(scope.node.tryGetContext('images')),
      }),
    }),
    digest: StringParameter.valueForStringParameter(scope, digestParameter(service)),
  };
}

function registryOf(said: unknown): { readonly account?: string; readonly region?: string } {
  if (said === undefined) return {};
  const [, account, region] = /^(\d{12}):([a-z]{2}-[a-z-]+-\d)$/.exec(typeof said === 'string' ? said : '') ?? [];
  if (account === undefined || region === undefined) throw new StageError('-c images= is not ACCOUNT:REGION');
  return { account, region };
}
