import { Effect, type IRole, Policy, PolicyStatement, type CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Grant } from './grant.js';
import { acknowledgeWildcards } from './wildcards.js';

/** The member of a policy's metadata that says why there is each statement: `docs/permissions.md` is made of it. */
export const BECAUSE = 'lethe:because';

/** Gives a role its grants, as one policy that tells why. */
export class Grants extends Construct {
  constructor(scope: Construct, id: string, role: IRole, grants: readonly Grant[]) {
    super(scope, id);
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: grants.map(
        ({ actions, resources, conditions }, at) =>
          new PolicyStatement({
            sid: sidOf(at),
            effect: Effect.ALLOW,
            actions: [...actions].sort(),
            resources: [...resources],
            ...(conditions === undefined ? {} : { conditions }),
          }),
      ),
    });
    (policy.node.defaultChild as CfnPolicy).addMetadata(
      BECAUSE,
      Object.fromEntries(grants.map(({ because }, at) => [sidOf(at), because])),
    );
    acknowledgeWildcards(policy, grants);
  }
}

/** Statements have names, so that none is merged with another and its reason lost. */
const sidOf = (at: number): string => `Grant${at + 1}`;
