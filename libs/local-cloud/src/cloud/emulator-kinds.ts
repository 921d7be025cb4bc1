import { type EmulatorKind } from '../emulators/emulator-options.js';

/** The embedded servers that always run; the slowest to start first. */
export const KINDS: readonly EmulatorKind[] = ['postgres', 'fauxqs', 'dynamodb', 'kinesis'];

/** Those that run only where they are asked for. */
export const OPTIONAL_KINDS: readonly EmulatorKind[] = ['ses', 'cognito', 'valkey', 'sfn'];
