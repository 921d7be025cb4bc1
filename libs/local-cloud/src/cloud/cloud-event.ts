import { type EmulatorKind } from '../emulators/emulator-options.js';

/** What happens to the embedded servers while they start and run; for the console of whoever started them. */
export type CloudEvent =
  | { readonly type: 'port-taken'; readonly service: EmulatorKind; readonly wished: number; readonly port: number }
  | { readonly type: 'leftover-ended'; readonly service: EmulatorKind }
  | { readonly type: 'ready'; readonly service: EmulatorKind; readonly port: number; readonly ms: number }
  | { readonly type: 'died'; readonly service: EmulatorKind; readonly logFile: string }
  | { readonly type: 'restarted'; readonly service: EmulatorKind; readonly port: number }
  | { readonly type: 'restart-failed'; readonly service: EmulatorKind; readonly reason: string };
