import { StageError } from '../infra.errors.js';
import type { StageDefinition } from './stage.js';

const REGION = 'eu-west-1';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const;
/** Replaced by context: `-c domain=shop.example -c hostedZoneId=Z… -c hostedZoneName=example -c operators=…`. */
const EXAMPLE_ZONE = { id: 'Z0000000000000000000', name: 'lethe.example' };

const small = { least: 2, most: 4, cpu: 256, memoryMb: 512 } as const;

/** What is ours rather than AWS's; `-c identityProvider=cognito -c lakeClicks=firehose` choose the other way. */
const OWN = { identityProvider: 'own', lakeClicks: 'analytics' } as const;

/** Every stage, as data. */
export const stages: readonly StageDefinition[] = [
  {
    name: 'dev',
    region: REGION,
    zones: ZONES,
    domain: 'dev.lethe.example',
    hostedZone: EXAMPLE_ZONE,
    operators: 'operators@lethe.example',
    guarded: false,
    natGateways: 1,
    database: { leastUnits: 0.5, mostUnits: 2, readers: 0, backupDays: 1 },
    cache: { mostGb: 1, mostUnitsPerSecond: 1_000 },
    ...OWN,
    warehouse: { baseUnits: 8, mostUnits: 8, unitHoursPerDay: 8 },
    spark: { mostVcpu: 16, mostMemoryGb: 64, mostDiskGb: 200 },
    services: small,
    workers: { ...small, least: 1 },
    logDays: 7,
    rollout: 'at-once',
    budgetUsd: 600,
  },
  {
    name: 'staging',
    region: REGION,
    zones: ZONES,
    domain: 'staging.lethe.example',
    hostedZone: EXAMPLE_ZONE,
    operators: 'operators@lethe.example',
    guarded: true,
    natGateways: 1,
    database: { leastUnits: 0.5, mostUnits: 8, readers: 1, backupDays: 7 },
    cache: { mostGb: 5, mostUnitsPerSecond: 5_000 },
    ...OWN,
    warehouse: { baseUnits: 8, mostUnits: 16, unitHoursPerDay: 16 },
    spark: { mostVcpu: 32, mostMemoryGb: 128, mostDiskGb: 400 },
    services: { ...small, most: 8, cpu: 512, memoryMb: 1024 },
    workers: { ...small, least: 1, most: 8, cpu: 512, memoryMb: 1024 },
    logDays: 30,
    rollout: 'canary',
    budgetUsd: 1_200,
  },
  {
    name: 'production',
    region: REGION,
    zones: ZONES,
    domain: 'shop.lethe.example',
    hostedZone: EXAMPLE_ZONE,
    operators: 'operators@lethe.example',
    guarded: true,
    natGateways: 3,
    database: { leastUnits: 2, mostUnits: 64, readers: 2, backupDays: 35 },
    cache: { mostGb: 50, mostUnitsPerSecond: 100_000 },
    ...OWN,
    warehouse: { baseUnits: 16, mostUnits: 128, unitHoursPerDay: 128 },
    spark: { mostVcpu: 256, mostMemoryGb: 1024, mostDiskGb: 4000 },
    services: { least: 3, most: 60, cpu: 1024, memoryMb: 2048 },
    workers: { least: 2, most: 60, cpu: 1024, memoryMb: 2048 },
    logDays: 90,
    rollout: 'canary',
    budgetUsd: 6_000,
  },
];

/** What the context of the CDK app may say of a stage: `-c stage=production -c account=… -c domain=…`. */
export interface StageContext {
  readonly stage?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly domain?: string | undefined;
  readonly hostedZoneId?: string | undefined;
  readonly hostedZoneName?: string | undefined;
  readonly operators?: string | undefined;
  /** `own` or `cognito`. */
  readonly identityProvider?: string | undefined;
  /** `analytics` or `firehose`. */
  readonly lakeClicks?: string | undefined;
}

/** One of the choices that the context may name. Throws a {@link StageError}. */
function chosen<T extends string>(key: string, said: string | undefined, choices: readonly T[], preset: T): T {
  if (said === undefined) return preset;
  const choice = choices.find((one) => one === said);
  if (choice === undefined) throw new StageError(`-c ${key}= is not one of ${choices.join(', ')}`);
  return choice;
}

/** The stage that the context names, with what else it says. Throws a {@link StageError}. */
export function stageOf(context: StageContext): StageDefinition {
  const { account, domain, operators } = context;
  const stage = stages.find(({ name }) => name === context.stage);
  if (stage === undefined) throw new StageError(`-c stage= is not one of ${stages.map(({ name }) => name).join(', ')}`);
  if (account !== undefined && !/^\d{12}$/.test(account)) throw new StageError('-c account= is not of 12 digits');
  const region = context.region ?? stage.region;
  return {
    ...stage,
    region,
    // The first three zones of a region: true of all but a few, whose stages declare theirs.
    zones: region === stage.region ? stage.zones : [`${region}a`, `${region}b`, `${region}c`],
    domain: domain ?? stage.domain,
    hostedZone: {
      id: context.hostedZoneId ?? stage.hostedZone.id,
      name: context.hostedZoneName ?? stage.hostedZone.name,
    },
    operators: operators ?? stage.operators,
    identityProvider: chosen(
      'identityProvider',
      context.identityProvider,
      ['own', 'cognito'] as const,
      stage.identityProvider,
    ),
    lakeClicks: chosen('lakeClicks', context.lakeClicks, ['analytics', 'firehose'] as const, stage.lakeClicks),
    ...(account === undefined ? {} : { account }),
  };
}
