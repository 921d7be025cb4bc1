import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives everything in a folder, and the folder, one time: that of the commit, so that layers made of it at any time have the
 * same bytes. `epoch` is SOURCE_DATE_EPOCH, in seconds (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function stamp(folder: string, epoch: number): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(folder, entry), epoch, epoch);
  utimesSync(folder, epoch, epoch);
}
