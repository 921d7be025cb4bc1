/** The embedded servers of the local cloud. */
export type EmulatorKind = 'postgres' | 'fauxqs' | 'dynamodb' | 'kinesis' | 'ses' | 'cognito' | 'valkey' | 'sfn';

/** What the parent tells the child process of an embedded server, as JSON in its first argument. */
export interface EmulatorOptions {
  readonly kind: EmulatorKind;
  readonly port: number;
  /** Address to listen on. Default 127.0.0.1; in a container of its own 0.0.0.0. Of the servers that are HTTP by `serveHttp`. */
  readonly host?: string;
  /** Directory of this server alone; created where missing. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  /** Superuser's password of Postgres. */
  readonly password: string;
  /** Data need not outlive the process: no fsync, no orderly shutdown, removed when the parent dies. */
  readonly ephemeral: boolean;
  /** More settings of Valkey's command line, such as `--cluster-enabled yes`. */
  readonly valkeyArguments?: readonly string[];
  /** Where Cognito's triggers and tasks of state machines are invoked: an endpoint with the Invoke API of Lambda. */
  readonly functionsUrl?: string | undefined;
}

/** What the child process reports over IPC. */
export type EmulatorReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string; readonly code?: string };

/** A server that runs in this process or below it. */
export interface RunningEmulator {
  /** Ends the server with its data written. */
  stop(): Promise<void>;
  /** Settles when the server ended without being asked to. */
  readonly ended: Promise<void>;
}
