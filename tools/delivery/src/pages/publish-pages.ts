import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DeleteObjectsCommand, PutObjectCommand, type S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { CallFailedError } from '../delivery.errors.js';
import type { StageParameters } from '../parameters.js';
import type { SignedCaller } from '../calls/signed-caller.js';
import { CACHE_CONTROL, type Page, hashOf } from './pages.js';

/** In place of a hash while pages are being replaced. */
const UNFINISHED = 'unfinished';

export interface Publishing {
  readonly parameters: StageParameters;
  readonly s3: S3Client;
  readonly cloudfront: SignedCaller;
  readonly tell: (line: string) => void;
}

/**
 * Puts pages where a stage hands them out: new ones up, removed ones away, and CloudFront is told. What has come to its end
 * is written down, so that a second time nothing is done, and one that was killed in between does all of it again.
 */
export async function publishPages(pages: readonly Page[], { parameters, s3, ...rest }: Publishing): Promise<void> {
  const { cloudfront, tell } = rest;
  const { bucket: Bucket, distribution } = await parameters.web();
  const hash = hashOf(pages, distribution);
  if ((await parameters.pages()) === hash) {
    tell('pages: as they were');
    return;
  }
  // Whatever happens from here on: none of the pages that were written down before are those that are there.
  await parameters.writePages(UNFINISHED);
  for (const { key, file, contentType } of pages) {
    const headers = { ContentType: contentType, CacheControl: CACHE_CONTROL };
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: readFileSync(file), ...headers }));
    tell(`pages: ${key}`);
  }
  const keys = pages.map(({ key }) => key);
  const removed = await removeOthers(s3, Bucket, keys);
  for (const key of removed) tell(`pages: ${key} removed`);
  await invalidate(cloudfront, distribution, ['', ...keys, ...removed]);
  await parameters.writePages(hash);
}

/** Removes what is no page any more, and gives its keys. */
async function removeOthers(s3: S3Client, Bucket: string, kept: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    const removed = Contents.flatMap(({ Key = '' }) => (kept.includes(Key) ? [] : [Key]));
    if (removed.length === 0) continue;
    const Objects = removed.map((Key) => ({ Key }));
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const [fault] = Errors;
    if (fault !== undefined) throw new CallFailedError('s3 DeleteObjects', `left ${fault.Key}: ${fault.Code}`);
    all.push(...removed);
  }
  return all;
}

/**
 * Has CloudFront forget what it keeps of the pages; images of products, which it keeps as well, never change. Source:
 * "CreateInvalidation", API of 2020-05-31. The reference is new each time: under one that it knows CloudFront does nothing.
 */
async function invalidate(cloudfront: SignedCaller, distribution: string, keys: readonly string[]): Promise<void> {
  const paths = keys.map((key) => `<Path>/${encodeURI(key).replaceAll('&', '&amp;')}</Path>`);
  const { status, body } = await cloudfront.post({
    path: `/2020-05-31/distribution/${distribution}/invalidation`,
    headers: { 'content-type': 'application/xml' },
    body: [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">',
      `<Paths><Quantity>${paths.length}</Quantity><Items>${paths.join('')}</Items></Paths>`,
      `<CallerReference>${randomUUID()}</CallerReference></InvalidationBatch>`,
    ].join(''),
  });
  if (status === 201) return;
  const [, why = ''] = /<Message>([^<]*)<\/Message>/.exec(body) ?? [];
  throw new CallFailedError('cloudfront CreateInvalidation', `answered ${status} ${why}`.trim());
}
