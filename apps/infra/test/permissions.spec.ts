import { describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { BECAUSE } from '../src/permissions/grants.js';
import type { Grant } from '../src/permissions/grant.js';
import { WILDCARDS } from '../src/permissions/wildcards.js';
import { EVERY, Templates, written } from './templates.js';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Grant['conditions'];
}
interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  readonly Roles: readonly { readonly Ref: string }[];
}
const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

describe.each(EVERY)('permissions of %s', (stage) => {
  const templates = new Templates(stage);
  const policies = templates.all<PolicyProperties>('AWS::IAM::Policy');
  const ours = policies.filter(({ resource }) => resource.Metadata?.[BECAUSE] !== undefined);
  const statements = ours.flatMap(({ properties }) => properties.PolicyDocument.Statement);

  it('S57: no role has a wildcard in an action', () => {
    expect(statements.flatMap(({ Action }) => list(Action)).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('S57: no role has a wildcard in a resource but those that are listed, each with its reason', () => {
    const wild = statements.flatMap(({ Action, Resource, Condition }) =>
      list<unknown>(Resource)
        .map(written)
        .filter((resource) => resource.includes('*'))
        .map((resource) => ({ resource, actions: list(Action), ...(Condition && { conditions: Condition }) })),
    );
    const unlisted = wild.filter(
      ({ resource, ...grant }) =>
        !WILDCARDS.some(({ fits }) => fits(resource, { ...grant, resources: [], because: '' })),
    );
    expect(unlisted).toEqual([]);
    expect(wild.length).toBeGreaterThan(0);
  });

  it('S57: every statement of a role of the store says which declaration it follows from', () => {
    for (const { properties, resource } of ours) {
      const because = resource.Metadata?.[BECAUSE] as Record<string, string>;
      for (const { Sid = '' } of properties.PolicyDocument.Statement) expect(because[Sid]).toMatch(/\w{3}/);
    }
  });

  it('S57: each service has a role of its own, and another one that starts it', () => {
    const roles = templates.all<{ RoleName?: string }>('AWS::IAM::Role').map(({ properties }) => properties.RoleName);
    for (const { name } of storeServices)
      expect(roles).toEqual(expect.arrayContaining([`lethe-${name}`, `lethe-${name}-start`, `lethe-${name}-migrate`]));
    const tasks = templates.all<{ TaskRoleArn: unknown; ExecutionRoleArn: unknown }>('AWS::ECS::TaskDefinition');
    const shared = tasks.filter(
      ({ properties }) => written(properties.TaskRoleArn) === written(properties.ExecutionRoleArn),
    );
    expect(shared).toEqual([]);
  });

  it('S57: only the schedules of a service pass a role on, to EventBridge Scheduler and no other', () => {
    const passing = statements.filter(({ Action }) => list(Action).includes('iam:PassRole'));
    expect(passing.length).toBe(1);
    expect(JSON.stringify(passing[0])).toContain('"iam:PassedToService":"scheduler.amazonaws.com"');
  });
});
