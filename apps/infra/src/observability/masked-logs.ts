import type { IAspect } from 'aws-cdk-lib';
import { CfnLogGroup, DataIdentifier } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/** What CloudWatch knows by itself to be of a person or secret. */
const IDENTIFIERS = [
  DataIdentifier.ADDRESS,
  DataIdentifier.AWSSECRETKEY,
  DataIdentifier.CREDITCARDNUMBER,
  DataIdentifier.CREDITCARDSECURITYCODE,
  DataIdentifier.EMAILADDRESS,
  DataIdentifier.OPENSSHPRIVATEKEY,
  DataIdentifier.PGPPRIVATEKEY,
  DataIdentifier.PKCSPRIVATEKEY,
  DataIdentifier.PUTTYPRIVATEKEY,
];

/**
 * Masks, in every log group, what should have been masked before it came there (S54, S60): whoever reads logs without the
 * permission `logs:Unmask` sees asterisks, and `LogEventsWithFindings` counts that something got so far.
 */
export class MaskedLogs implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof CfnLogGroup)) return;
    const identifiers = IDENTIFIERS.map(({ name }) => `arn:aws:dataprotection::aws:data-identifier/${name}`);
    node.dataProtectionPolicy = {
      Name: 'lethe',
      Description: 'Persons and secrets.',
      Version: '2021-06-01',
      Statement: [
        { Sid: 'count', DataIdentifier: identifiers, Operation: { Audit: { FindingsDestination: {} } } },
        { Sid: 'mask', DataIdentifier: identifiers, Operation: { Deidentify: { MaskConfig: {} } } },
      ],
    };
  }
}
