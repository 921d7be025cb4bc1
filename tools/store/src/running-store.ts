import type { RecordedCall, ReplicaStatus as Replica } from '@lethe/local-cloud';
import type { Reroute } from './reroute.js';
import type { StoreStatus } from './status.js';

export interface StoreOptions {
  /** Holds everything that a start keeps for the next. */
  readonly dataDir: string;
  /** Of the load balancer; 0 for any. A port that is taken is replaced by a free one, with a warning. */
  readonly port: number;
  /** Of each service. */
  readonly replicas: number;
  /** Forget what earlier starts kept. */
  readonly fresh: boolean;
  /** Give an empty store a demo catalogue. */
  readonly seed: boolean;
  /** The real catalogue, used where the file exists. */
  readonly retailFile?: string;
  readonly adminPassword?: string | undefined;
  readonly logLevel?: string;
  /** Who issues tokens. Default: `own`. With `cognito` there is an embedded user pool, and its triggers. */
  readonly identityProvider?: 'own' | 'cognito';
  /** Puts something between the services and what they stand on. Migrations and provisioning go straight. */
  readonly reroute?: Reroute;
  /** A folder into which it writes, when it stops, which role made which calls to AWS. Then each function is a process. */
  readonly recordCalls?: string;
  /** Further variables of the services' replicas, such as shorter time-outs. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: StoreEvent) => void;
}

export interface StoreEvent {
  readonly level: 'progress' | 'info' | 'warning';
  readonly text: string;
}

/** A store that serves. */
export interface RunningStore {
  readonly url: string;
  readonly dataDir: string;
  readonly adminPassword: string;
  readonly databaseUrl: (service: string) => string;
  /** Where the payment provider's simulator listens. */
  readonly paymentUrl: string;
  /** Where the mail that the store sends can be read: a page, and JSON at `/store`. */
  readonly mailUrl: string;
  /** Where functions are invoked, by the Invoke API of Lambda. */
  readonly functionsUrl: string;
  /** Which role has made which calls to AWS so far; nothing without `recordCalls`. Throws a LocalCloudError where it has gaps. */
  recordedCalls(): readonly RecordedCall[];
  /** The variables by which the AWS SDK finds the embedded servers. */
  readonly awsEnv: Readonly<Record<string, string>>;
  /** Replicas of all services, whatever state they are in. */
  replicas(): (Replica & { readonly service: string })[];
  /** The processes that the services stand on: the embedded servers, and the payment provider as `payments`. */
  backing(): readonly { readonly name: string; readonly pid?: number | undefined }[];
  status(): Promise<StoreStatus>;
  /** Kills a replica with SIGKILL and waits until the process is gone; a new one takes its place. */
  kill(replicaId: string): Promise<void>;
  /** Replaces every replica: all services at once, one replica of each at a time, the new one ready before the old leaves. */
  rollingRestart(): Promise<void>;
  /** Drains the services, then stops everything; the data stay. */
  stop(): Promise<void>;
}
