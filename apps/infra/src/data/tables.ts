import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { storeTables } from '@lethe/contracts';
import type { Construct } from 'constructs';

interface TablesOptions {
  readonly key: IKey;
  readonly guarded: boolean;
  readonly removal: RemovalPolicy;
}

/** The tables of the contracts: on demand, encrypted, restorable to any second of the last 35 days. */
export function addTables(scope: Construct, { key, guarded, removal }: TablesOptions): void {
  for (const { name, partitionKey, ttlAttribute } of storeTables) {
    new Table(scope, name, {
      tableName: name,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: guarded,
      removalPolicy: removal,
      contributorInsightsSpecification: { enabled: guarded },
      ...(ttlAttribute === undefined ? {} : { timeToLiveAttribute: ttlAttribute }),
    });
  }
}
