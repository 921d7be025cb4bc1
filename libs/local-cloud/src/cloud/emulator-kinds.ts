import { type EmulatorKind } from '../emulators/emulator-options.js';

/** All embedded servers; the slowest to start first. */
export const KINDS: readonly EmulatorKind[] = ['postgres', 'fauxqs', 'dynamodb', 'kinesis'];
