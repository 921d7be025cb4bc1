import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ConformanceCase } from './conformance.js';
import { type Platform, errorOf } from './lab.js';

async function bucketOf({ clients, run }: Platform): Promise<string> {
  const Bucket = `lab-${randomUUID()}`;
  await run(clients.s3.send(new CreateBucketCommand({ Bucket })));
  return Bucket;
}

/** As much of S3 as a claim check needs. Source: the API reference of the three commands. */
export const objectCases: readonly ConformanceCase[] = [
  {
    name: 'S3: an object comes back byte for byte, with its length and metadata',
    aws: { text: 'a é', length: 4, metadata: { sha256: 'x' } },
    observe: async (platform) => {
      const { clients, run } = platform;
      const Bucket = await bucketOf(platform);
      await run(clients.s3.send(new PutObjectCommand({ Bucket, Key: 'k/1', Body: 'a é', Metadata: { sha256: 'x' } })));
      const { Body, ContentLength, Metadata } = await run(
        clients.s3.send(new GetObjectCommand({ Bucket, Key: 'k/1' })),
      );
      return { text: await Body?.transformToString(), length: ContentLength, metadata: Metadata };
    },
  },
  {
    name: 'S3: an object that is not there is NoSuchKey, and deleting it is no error',
    aws: ['nothing', 'NoSuchKey'],
    observe: async (platform) => {
      const { clients, run } = platform;
      const Bucket = await bucketOf(platform);
      return [
        await errorOf(run(clients.s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' })))),
        await errorOf(run(clients.s3.send(new GetObjectCommand({ Bucket, Key: 'k' })))),
      ];
    },
  },
];
