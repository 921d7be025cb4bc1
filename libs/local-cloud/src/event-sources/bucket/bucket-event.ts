/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** In ms. */
  readonly modifiedAt: number;
}

/** The event that S3 sends for an object that was made ("Event message structure"); the key is URL-encoded, spaces as `+`. */
export function bucketEvent({ key, size, etag, modifiedAt }: ListedObject, bucket: string, region: string) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(modifiedAt).toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'local' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': 'local', 'x-amz-id-2': 'local' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
            size,
            eTag: etag.replaceAll('"', ''),
            // Rises with every version of a key, which is all that it is for.
            sequencer: modifiedAt.toString(16).toUpperCase().padStart(18, '0'),
          },
        },
      },
    ],
  };
}
