/** Base of every error of the local cloud. */
export class LocalCloudError extends Error {
  override name = 'LocalCloudError';
}

/** Another live process already runs a cloud on this data directory. */
export class CloudAlreadyRunningError extends LocalCloudError {
  override name = 'CloudAlreadyRunningError';

  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(`process ${pid} already runs the local cloud in ${dataDir}; stop it first or use another data directory`);
  }
}

/** An embedded server did not start; `logFile` holds what it said. */
export class EmulatorStartError extends LocalCloudError {
  override name = 'EmulatorStartError';

  constructor(
    readonly service: string,
    readonly reason: string,
    readonly logFile: string,
    /** System error code where there is one, such as EADDRINUSE. */
    readonly code?: string,
  ) {
    super(`${service} did not start: ${reason} (log: ${logFile})`);
  }
}

/** A replica ended, or was not ready in time, while it started. */
export class ReplicaStartError extends LocalCloudError {
  override name = 'ReplicaStartError';

  constructor(
    readonly replica: string,
    readonly reason: string,
    readonly logFile: string,
  ) {
    super(`replica ${replica} did not start: ${reason} (log: ${logFile})`);
  }
}
