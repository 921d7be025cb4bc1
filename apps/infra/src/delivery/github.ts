import { Stack } from 'aws-cdk-lib';
import { OidcProviderNative, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeliveryDefinition } from './delivery.js';

const ISSUER = 'token.actions.githubusercontent.com';

/** GitHub's issuer in an account, unless another stack has made it known there. Source: "Configuring OpenID Connect in Amazon Web Services". */
export function knowGithub(scope: Construct, issuerKnown: boolean): void {
  if (issuerKnown) return;
  new OidcProviderNative(scope, 'GitHub', { url: `https://${ISSUER}`, clientIds: ['sts.amazonaws.com'] });
}

/**
 * A job of the repository in one of its environments, and nobody else: no branch, no pull request, no fork. Whoever must
 * agree, and which branches may be deployed, is said by GitHub's environment.
 */
export function githubJob(
  scope: Construct,
  { repository }: DeliveryDefinition,
  environment: string,
): WebIdentityPrincipal {
  const { account, partition } = Stack.of(scope);
  return new WebIdentityPrincipal(`arn:${partition}:iam::${account}:oidc-provider/${ISSUER}`, {
    StringEquals: {
      [`${ISSUER}:aud`]: 'sts.amazonaws.com',
      [`${ISSUER}:sub`]: `repo:${repository.owner}/${repository.name}:environment:${environment}`,
    },
  });
}
