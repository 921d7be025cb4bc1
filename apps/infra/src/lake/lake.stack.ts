import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { LakeDelivery } from './firehose.js';
import { addCatalogue } from './glue-schema.js';
import { Spark } from './spark.js';
import { Warehouse } from './warehouse.js';

/** What reads the lake, and what writes it besides analytics. All of it can be made again from the lake's bucket. */
export class LakeStack extends StoreStack {
  readonly warehouse: Warehouse;

  constructor(scope: Construct, stage: StageDefinition, { vpc, keys }: { vpc: IVpc; keys: StoreKeys }) {
    super(scope, 'lake', stage, { description: 'Warehouse, Spark and deliveries around the lake.', stateful: false });
    const catalogue = addCatalogue(this);
    if (stage.lakeClicks === 'firehose') new LakeDelivery(this, 'Delivery', { stage, keys, catalogue });
    this.warehouse = new Warehouse(this, 'Warehouse', { vpc, stage, keys });
    new Spark(this, 'Spark', { vpc, stage, keys });
  }
}
