import { rmSync } from 'node:fs';
import stopServices from '../../../../jest.teardown.mjs';

/** Ends the services, and removes what was synthesised. */
export default async function teardown() {
  rmSync(globalThis.__synth, { recursive: true, force: true });
  await stopServices();
}
