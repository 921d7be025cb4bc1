import { type IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

/** An image of a service, by digest: what a tag points to may change, and a digest cannot. */
export interface DeployedImage {
  readonly repository: IRepository;
  readonly digest: string;
}

/** Where the pipeline writes the digest of the image that a stage is to run. */
export const digestParameter = (service: string): string => `/lethe/images/${service}/digest`;
export const repositoryName = (service: string): string => `lethe/${service}`;

/** The image that the pipeline last wrote down for a service; CloudFormation reads it when it deploys. */
export function deployedImage(scope: Construct, service: string): DeployedImage {
  return {
    repository: Repository.fromRepositoryName(scope, 'Repository', repositoryName(service)),
    digest: StringParameter.valueForStringParameter(scope, digestParameter(service)),
  };
}
