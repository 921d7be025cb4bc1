import { DescribeImageScanFindingsCommand, type ECRClient, ScanNotFoundException } from '@aws-sdk/client-ecr';
import { ScanFailedError } from './delivery.errors.js';
import { repositoryName } from './names.js';
import { type Patience, until } from './patience.js';

/** Holes of these severities are not deployed. */
const REFUSED = ['CRITICAL', 'HIGH'] as const;
/** Seconds that a scan may take. */
const SCAN_SECONDS = 600;

/** Waits for the scan of an image, and throws a {@link ScanFailedError} where it has holes that are not deployed. */
export async function checkScan(
  ecr: ECRClient,
  service: string,
  imageDigest: string,
  patience: Patience,
): Promise<void> {
  const counts = await until(`the scan of ${service}`, SCAN_SECONDS, patience, async () => {
    const found = await findings(ecr, service, imageDigest);
    if (found?.status === 'COMPLETE' || found?.status === 'ACTIVE') return found.counts;
    if (found !== undefined && found.status !== 'IN_PROGRESS' && found.status !== 'PENDING')
      throw new ScanFailedError(service, `its scan is ${found.status}: ${found.says}`);
    return undefined;
  });
  const holes = REFUSED.filter((severity) => (counts[severity] ?? 0) > 0);
  if (holes.length > 0)
    throw new ScanFailedError(service, holes.map((severity) => `${counts[severity]} ${severity} findings`).join(', '));
}

async function findings(ecr: ECRClient, service: string, imageDigest: string) {
  try {
    const { imageScanStatus, imageScanFindings } = await ecr.send(
      new DescribeImageScanFindingsCommand({ repositoryName: repositoryName(service), imageId: { imageDigest } }),
    );
    const counts: Readonly<Record<string, number>> = imageScanFindings?.findingSeverityCounts ?? {};
    return { status: imageScanStatus?.status ?? 'PENDING', says: imageScanStatus?.description ?? '', counts };
  } catch (error) {
    // The registry begins a moment after the push.
    if (error instanceof ScanNotFoundException) return undefined;
    throw error;
  }
}
