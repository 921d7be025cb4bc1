import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WEB_BUCKET_PARAMETER, WEB_DISTRIBUTION_PARAMETER, pagesOf } from '../src/index.js';
import { run } from '../src/program.js';
import { AwsStandIn } from './aws-stand-in.js';
import { CHECKOUT } from './clone.js';

const CACHE = 'public, max-age=0, must-revalidate, s-maxage=86400';
let buckets = 0;

describe('the pages of a stage', () => {
  const before = { ...process.env };
  const s3 = new S3Client({ region: 'eu-west-1' });
  let aws: AwsStandIn;
  let root: string;
  let bucket: string;
  let told: string[];
  let env: Record<string, string>;

  beforeEach(async () => {
    [aws, told] = [new AwsStandIn(), []];
    env = { ...(await aws.start()), AWS_REGION: 'eu-west-1' };
    Object.assign(process.env, env);
    bucket = `lethe-web-${process.pid}-${(buckets += 1)}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    aws.parameters.set(WEB_BUCKET_PARAMETER, bucket);
    aws.parameters.set(WEB_DISTRIBUTION_PARAMETER, 'E1');
    root = mkdtempSync(join(tmpdir(), 'lethe-pages-'));
    write('index.html', '<!doctype html>');
    write('console.js', 'export {};');
    write('styles/main & more.css', 'body {}');
  });
  afterEach(() => {
    aws.close();
    rmSync(root, { recursive: true, force: true });
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  });

  const write = (name: string, text: string): void => {
    const file = join(root, 'apps/web/public', name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };
  const publish = (): Promise<number> =>
    run(['pages'], env, {
      root,
      patience: { everySeconds: 1, pause: () => Promise.resolve() },
      tell: (line) => void told.push(line),
    });
  const keys = async (): Promise<string[]> =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key = '' }) => Key).sort();

  it('are in its bucket with their types, kept by CloudFront until it is told, and by browsers not at all', async () => {
    expect(await publish()).toBe(0);

    expect(await keys()).toEqual(['console.js', 'index.html', 'styles/main & more.css']);
    for (const [Key, type] of [
      ['index.html', 'text/html; charset=utf-8'],
      ['console.js', 'text/javascript; charset=utf-8'],
      ['styles/main & more.css', 'text/css; charset=utf-8'],
    ] as const) {
      const { ContentType, CacheControl } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      expect({ Key, ContentType, CacheControl }).toEqual({ Key, ContentType: type, CacheControl: CACHE });
    }
    expect(aws.invalidated).toEqual([
      { distribution: 'E1', paths: ['/', '/console.js', '/styles/main%20&amp;%20more.css', '/index.html'] },
    ]);
  });

  it('go up before what names them', async () => {
    await publish();

    expect(told).toEqual(['pages: console.js', 'pages: styles/main & more.css', 'pages: index.html']);
  });

  it('are not touched a second time', async () => {
    await publish();
    const asked = aws.asked.length;

    expect(await publish()).toBe(0);

    expect(told.at(-1)).toBe('pages: as they were');
    expect(aws.asked.length).toBe(asked);
  });

  it('are removed where they are no more, and CloudFront forgets them', async () => {
    await publish();
    rmSync(join(root, 'apps/web/public/console.js'));

    expect(await publish()).toBe(0);

    expect(await keys()).toEqual(['index.html', 'styles/main & more.css']);
    expect(aws.invalidated.at(-1)?.paths).toContain('/console.js');
  });

  it('are all done again where CloudFront was not told, also when they are those of before', async () => {
    await publish();
    write('index.html', '<!doctype html><title>new</title>');
    aws.parameters.set(WEB_DISTRIBUTION_PARAMETER, 'NONE');
    expect(await publish()).toBe(1);
    expect(told.at(-1)).toBe('delivery: cloudfront CreateInvalidation answered 404 no such distribution');

    aws.parameters.set(WEB_DISTRIBUTION_PARAMETER, 'E1');
    write('index.html', '<!doctype html>');
    expect(await publish()).toBe(0);

    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'index.html' }));
    expect(await Body?.transformToString()).toBe('<!doctype html>');
    expect(aws.invalidated.length).toBe(2);
  });

  it('are refused where nobody has said of what type a file is', async () => {
    write('film.mkv', '');

    expect(await publish()).toBe(1);

    expect(told.at(-1)).toBe('delivery: apps/web/public/film.mkv: nobody has said of what type that is');
    expect(await keys()).toEqual([]);
  });

  it('are those of this checkout', () => {
    expect(pagesOf(CHECKOUT).at(-1)?.key).toBe('index.html');
  });
});
