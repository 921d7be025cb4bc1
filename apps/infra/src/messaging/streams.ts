import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { StreamResource } from '@lethe/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';

/** Longer than a weekend on which nobody looked after a consumer that stands still. */
const RETENTION = Duration.days(7);

/** A stream that grows and shrinks with its load. Kinesis has no addresses but those of TLS. */
export function addStream(scope: Construct, { name }: StreamResource, key: IKey, removal: RemovalPolicy): Stream {
  const stream = new Stream(scope, name, {
    streamName: name,
    streamMode: StreamMode.ON_DEMAND,
    encryption: StreamEncryption.KMS,
    encryptionKey: key,
    retentionPeriod: RETENTION,
    removalPolicy: removal,
  });
  acknowledge(
    stream,
    ['AwsSolutions-KDS3'],
    'The key of messages is ours, so that its use is audited and can be ended.',
  );
  return stream;
}
