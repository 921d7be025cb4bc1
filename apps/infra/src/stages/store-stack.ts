import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageDefinition } from './stage.js';

interface StoreStackOptions {
  readonly description: string;
  /** Whether it holds what cannot be made again: then a guarded stage does not let it be deleted. */
  readonly stateful: boolean;
  /** Default: that of the stage. */
  readonly region?: string;
}

/** A stack of a stage, `lethe-<stage>-<id>`. Zones come from the stage: nothing is looked up. */
export class StoreStack extends Stack {
  /** What becomes of data when its stack is deleted, or its resource replaced. */
  readonly dataRemoval: RemovalPolicy;

  constructor(
    scope: Construct,
    id: string,
    readonly definition: StageDefinition,
    { description, stateful, region = definition.region }: StoreStackOptions,
  ) {
    super(scope, `lethe-${definition.name}-${id}`, {
      description,
      env: { region, ...(definition.account === undefined ? {} : { account: definition.account }) },
      terminationProtection: stateful && definition.guarded,
      crossRegionReferences: true,
    });
    this.dataRemoval = definition.guarded ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  override get availabilityZones(): string[] {
    return [...this.definition.zones];
  }
}
