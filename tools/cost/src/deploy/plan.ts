import type { ModelData } from '../data/cost-data.js';
import type { Platform } from '../data/platform.js';
import type { StageSizes } from '../data/stage-sizes.js';
import { DEPLOYED } from '../model/choices.js';
import { type Estimate, estimate } from '../model/estimate.js';
import type { Demand } from '../model/load.js';
import { type RolePermissions, permissionsOf } from './permissions.js';
import { type StackTemplate, ofType } from './template.js';

/** What a deployment would create, allow and cost. */
export interface DeploymentPlan {
  readonly stage: string;
  readonly region: string;
  readonly stacks: readonly { readonly stack: string; readonly resources: number }[];
  /** Resources by type, over all stacks. */
  readonly kinds: readonly { readonly type: string; readonly count: number }[];
  readonly roles: readonly RolePermissions[];
  readonly demand: Demand;
  readonly cost: Estimate;
  /** vCPUs of the least tasks: what the quota must allow. */
  readonly vcpus: number;
}

/** Explains templates: what is in them, who may do what, and what it costs at the demand. */
export function planOf(
  stacks: readonly StackTemplate[],
  stage: StageSizes,
  demand: Demand,
  { profile, prices, platform }: ModelData,
): DeploymentPlan {
  const counts = new Map<string, number>();
  for (const { resources } of stacks)
    for (const { Type } of Object.values(resources)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return {
    stage: stage.name,
    region: stage.region,
    stacks: stacks.map(({ stack, resources }) => ({ stack, resources: Object.keys(resources).length })),
    kinds: [...counts]
      .map(([type, count]) => ({ type, count }))
      .sort((one, other) => other.count - one.count || (one.type < other.type ? -1 : 1)),
    roles: permissionsOf(stacks),
    demand,
    cost: estimate({ demand, profile, stage, platform: counted(platform, stacks), choices: DEPLOYED }, prices),
    vcpus: (Object.keys(profile.services).length * stage.services.least * stage.services.cpu) / 1_024,
  };
}

/** The platform as the templates count it; what they have none of stays as it is taken to be. */
function counted(platform: Platform, stacks: readonly StackTemplate[]): Platform {
  const count = (type: string, otherwise: number): number => ofType(stacks, type).length || otherwise;
  const endpoints = ofType(stacks, 'AWS::EC2::VPCEndpoint').filter(
    ({ Properties }) => Properties['VpcEndpointType'] === 'Interface',
  );
  return {
    ...platform,
    interfaceEndpoints: endpoints.length || platform.interfaceEndpoints,
    loadBalancers: count('AWS::ElasticLoadBalancingV2::LoadBalancer', platform.loadBalancers),
    webAcls: count('AWS::WAFv2::WebACL', platform.webAcls),
    keys: count('AWS::KMS::Key', platform.keys),
    secrets: count('AWS::SecretsManager::Secret', platform.secrets),
    alarms: count('AWS::CloudWatch::Alarm', platform.alarms),
    dashboards: count('AWS::CloudWatch::Dashboard', platform.dashboards),
  };
}
