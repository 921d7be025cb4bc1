import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BuiltImage } from './images.js';
import type { RunCommand } from './run-command.js';

/** Where the bill of materials of an image lies: by digest, so that it is found for what runs. */
export const billKey = (service: string, digest: string): string =>
  `sbom/${service}/${digest.replace(':', '-')}.cdx.json`;

/** Writes down which packages an image may hold: CycloneDX, by npm, from the lock file alone. */
export async function writeBill(
  s3: S3Client,
  bucket: string,
  { service, digest }: BuiltImage,
  { root, run }: { readonly root: string; readonly run: RunCommand },
): Promise<string> {
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
  const bill = await run('npm', [...args, `--workspace=@lethe/${service}`], { cwd: root });
  const Key = billKey(service, digest);
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key, Body: bill, ContentType: 'application/vnd.cyclonedx+json' }),
  );
  return Key;
}
