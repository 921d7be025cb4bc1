export { Bridge, type BridgeEvent, type BridgeOptions, bridge } from './bridge.js';
export { type OldAnswer, type OldStore } from './old-store.js';
export { type RunningProcess, exportRunning } from './running-process.js';
export { type ImportReport, exportSessions, importSessions } from './session-export.js';
