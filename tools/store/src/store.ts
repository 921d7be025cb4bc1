import { EventEmitter } from 'node:events';
import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type SQSClient } from '@aws-sdk/client-sqs';
import {
  type Balancer,
  type Cloud,
  type RecordedCall,
  ReplicaSet,
  type ReplicaSetOptions,
  type ReplicaStatus as Replica,
  removeCloudData,
  startBalancer,
  startCloud,
} from '@lethe/local-cloud';
import { StoreClient } from './client.js';
import { awsOf, cognitoOf, databaseOf, sqsOf } from './cloud-env.js';
import { serveConsole } from './console.js';
import { codeOf } from './error-facts.js';
import { type RecordedAws, recordedAws } from './recorded-aws.js';
import { StoreFunctions } from './functions.js';
import { runOneOff } from './one-off.js';
import { rerouted } from './reroute.js';
import type { RunningStore, StoreEvent, StoreOptions } from './running-store.js';
import { seedCatalog } from './seed.js';
import {
  FUNCTIONS,
  type Surroundings,
  compileCache,
  environmentOf,
  paymentSimulator,
  paymentsEnvironment,
  signedBy,
  storeServices,
} from './services.js';
import { type Secrets, clearAddress, loadSecrets, saveAddress } from './state.js';
import { type StoreStatus, queueDepths } from './status.js';
import { StoreStartError } from './store.errors.js';

/** After SIGTERM a replica serves on until the balancer, which asks every 500 ms, has noticed. */
const DRAIN_DELAY_MS = '600';
const ADMIN = 'admin@lethe.local';

/**
 * Starts the whole store on this machine: backing services, migrations, provisioning, the payment provider's simulator,
 * the load balancer, the replicas, and a demo catalogue where there is none.
 *
 * @throws StoreStateError, StoreStartError, and the errors of the local cloud; what was started is stopped then.
 */
export async function startStore(options: StoreOptions): Promise<RunningStore> {
  const store = new LocalStore(options);
  try {
    await store.start();
    return store;
  } catch (error) {
    await store.stop();
    throw error;
  }
}

/** Events of the replica sets, by name of the event. */
interface Deaths {
  died: [id: string];
}

class LocalStore implements RunningStore {
  readonly dataDir: string;
  readonly #deaths = new EventEmitter<Deaths>();
  readonly #sets = new Map<string, ReplicaSet>();
  readonly #undo: (() => Promise<void> | void)[] = [];
  #cloud: Cloud | undefined;
  #balancer: Balancer | undefined;
  #secrets: Secrets | undefined;
  #paymentUrl = '';
  #payments: ReplicaSet | undefined;
  #sqs: SQSClient | undefined;
  #functions: StoreFunctions | undefined;
  #recorded: RecordedAws | undefined;

  constructor(private readonly options: StoreOptions) {
    this.dataDir = options.dataDir;
    this.#deaths.setMaxListeners(0);
  }

  async start(): Promise<void> {
    await this.#openDataDir();
    this.#say('progress', 'starting backing services');
    const functions = await this.#openFunctions();
    const cloud = await this.#startCloud(functions.url);
    this.#undo.push(() => functions.drain());
    const balancer = await this.#startBalancer();
    const payments = await this.#openPayments();
    const around = {
      aws: await this.#awsFor(cloud),
      publicUrl: this.url,
      paymentUrl: this.#paymentUrl,
      ...this.#settings(cloud),
    };
    this.#say('progress', 'migrating and provisioning');
    await Promise.all([payments.start(), functions.start(around), this.#prepare(cloud, around)]);
    this.#say('progress', 'starting replicas');
    const { reroute } = this.options;
    const seen = reroute === undefined ? around : await rerouted(around, reroute);
    await Promise.all([this.#startServices(balancer, seen), functions.startEventSources(around, this.dataDir)]);
    if (this.options.seed) await this.#seed();
    saveAddress(this.dataDir, this.url, { ...this.awsEnv, ...around.cognito });
    this.#undo.push(() => clearAddress(this.dataDir));
  }

  get url(): string {
    return `http://localhost:${this.#running(this.#balancer).port}`;
  }

  get adminPassword(): string {
    return this.#running(this.#secrets).adminPassword;
  }

  get paymentUrl(): string {
    return this.#paymentUrl;
  }

  get mailUrl(): string {
    return this.awsEnv['AWS_ENDPOINT_URL_SESV2'] ?? '';
  }

  get functionsUrl(): string {
    return this.#running(this.#functions).url;
  }

  recordedCalls(): readonly RecordedCall[] {
    return this.#recorded?.calls() ?? [];
  }

  get awsEnv(): Readonly<Record<string, string>> {
    return awsOf(this.#running(this.#cloud));
  }

  readonly databaseUrl = (service: string): string => this.#running(this.#cloud).databaseUrl(databaseOf(service));

  replicas(): (Replica & { readonly service: string })[] {
    return [...this.#sets].flatMap(([service, set]) => set.replicas().map((replica) => ({ service, ...replica })));
  }

  backing(): readonly { readonly name: string; readonly pid?: number | undefined }[] {
    const payments = this.#payments?.replicas() ?? [];
    return [...this.#running(this.#cloud).services, ...payments.map(({ pid }) => ({ name: 'payments', pid }))];
  }

  async status(): Promise<StoreStatus> {
    const requests = new Map(
      this.#running(this.#balancer)
        .status()
        .map((target) => [target.id, target.requests]),
    );
    return {
      replicas: this.replicas().map(({ service, id, state, pid, restarts }) => ({
        service,
        id,
        state,
        ...(pid === undefined ? {} : { pid }),
        requests: requests.get(id) ?? 0,
        restarts,
      })),
      queues: await queueDepths(this.#running(this.#sqs)),
    };
  }

  async kill(replicaId: string): Promise<void> {
    const pid = this.replicas().find(({ id }) => id === replicaId)?.pid;
    if (pid === undefined) throw new StoreStartError(`there is no replica ${replicaId}`);
    const gone = new Promise<void>((resolve) => {
      const heard = (id: string): void => {
        if (id !== replicaId) return;
        this.#deaths.off('died', heard);
        resolve();
      };
      this.#deaths.on('died', heard);
    });
    process.kill(pid, 'SIGKILL');
    await gone;
  }

  async rollingRestart(): Promise<void> {
    await Promise.all([...this.#sets.values()].map((set) => set.rollingRestart()));
  }

  async stop(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) await undo();
  }

  async #openDataDir(): Promise<void> {
    if (this.options.fresh) {
      await removeCloudData(this.#cloudDir);
      rmSync(this.dataDir, { recursive: true, force: true });
    }
    this.#secrets = loadSecrets(
      this.dataDir,
      [...storeServices.map(({ name }) => name), FUNCTIONS],
      this.options.adminPassword,
    );
  }

  get #cloudDir(): string {
    return join(this.dataDir, 'cloud');
  }

  async #startCloud(functionsUrl: string): Promise<Cloud> {
    const cloud = await startCloud({
      dataDir: this.#cloudDir,
      // Who does not care for the store's port may start several at once.
      anyPorts: this.options.port === 0,
      mail: true,
      workflows: true,
      cognito: this.options.identityProvider === 'cognito',
      functionsUrl,
      onEvent: (event) => {
        if (event.type === 'port-taken')
          this.#say('warning', `port ${event.wished} is taken; ${event.service} listens on ${event.port}`);
        if (event.type === 'died') this.#say('warning', `${event.service} died (see ${event.logFile})`);
        if (event.type === 'restarted') this.#say('info', `${event.service} runs again`);
      },
    });
    this.#cloud = cloud;
    this.#undo.push(() => cloud.stop());
    this.#sqs = sqsOf(cloud);
    this.#undo.push(() => this.#sqs?.destroy());
    return cloud;
  }

  async #startBalancer(): Promise<Balancer> {
    const balancer = await this.#onPort(this.options.port);
    this.#balancer = balancer;
    this.#undo.push(() => balancer.stop());
    return balancer;
  }

  async #onPort(port: number): Promise<Balancer> {
    const routes = storeServices.flatMap(({ name, prefixes }) => prefixes.map((prefix) => ({ prefix, service: name })));
    try {
      return await startBalancer({
        port,
        routes,
        fallback: (request, response) => {
          serveConsole(request, response, () => this.status()).then(
            (served) => served || refuse(response, 404),
            (error: unknown) => {
              this.#say('warning', `console: ${String(error)}`);
              refuse(response, 503);
            },
          );
        },
      });
    } catch (error) {
      if (port === 0 || codeOf(error) !== 'EADDRINUSE') throw error;
      const balancer = await this.#onPort(0);
      this.#say('warning', `port ${port} is taken; the store listens on ${balancer.port} (LETHE_PORT chooses another)`);
      return balancer;
    }
  }

  /** The provider is somebody else's: it has an address of its own, which stays when its process is replaced. */
  async #openPayments(): Promise<ReplicaSet> {
    const front = await startBalancer({ port: 0, routes: [{ prefix: '', service: 'payments' }] });
    this.#undo.push(() => front.stop());
    this.#paymentUrl = `http://127.0.0.1:${front.port}`;
    const secrets = this.#running(this.#secrets);
    const env = paymentsEnvironment({ publicUrl: this.url, paymentUrl: this.#paymentUrl, secrets }, this.dataDir);
    const set = this.#newSet('payments', paymentSimulator, 1, env, front);
    this.#payments = set;
    this.#undo.push(() => set.stop());
    return set;
  }

  /** The functions have an address before the user pool and the workflows that call them start. */
  async #openFunctions(): Promise<StoreFunctions> {
    const functions = await StoreFunctions.open(
      (name, entry, env, front) => this.#newSet(name, entry, 1, env, front),
      this.options.recordCalls !== undefined,
    );
    this.#functions = functions;
    this.#undo.push(() => functions.close());
    return functions;
  }

  /** How AWS is reached, by way of a recorder where one is wished for. */
  async #awsFor(cloud: Cloud): Promise<Record<string, string>> {
    const { recordCalls } = this.options;
    const recorded = recordCalls === undefined ? undefined : await recordedAws(cloud, recordCalls);
    this.#recorded = recorded;
    if (recorded !== undefined) this.#undo.push(() => recorded.stop());
    return recorded?.aws ?? awsOf(cloud);
  }

  #settings(cloud: Cloud): Omit<Surroundings, 'aws' | 'publicUrl' | 'paymentUrl'> {
    return {
      cognito: cognitoOf(cloud),
      databaseUrl: (service) => cloud.databaseUrl(databaseOf(service)),
      valkeyUrl: cloud.env['VALKEY_URL'],
      secrets: this.#running(this.#secrets),
      logLevel: this.options.logLevel ?? 'info',
      compileCache,
    };
  }

  /** Everything that on AWS is done by the pipeline before new tasks start: never by a replica (H33). */
  async #prepare(cloud: Cloud, around: Surroundings): Promise<void> {
    const provision = join(import.meta.dirname, '..', 'dist', 'provision-main.js');
    await Promise.all([
      runOneOff('provisioning', provision, {
        ...signedBy(around.aws, 'provisioning'),
        NODE_COMPILE_CACHE: around.compileCache,
      }),
      ...storeServices.map(async (service) => {
        await cloud.ensureDatabase(databaseOf(service.name));
        const admin: Record<string, string> =
          service.name === 'auth' ? { LETHE_ADMIN_PASSWORD: this.adminPassword } : {};
        const step = signedBy({ ...environmentOf(service, around), ...admin }, `lethe-${service.name}-migrate`);
        await runOneOff(`migrating ${service.name}`, service.migrate, step);
      }),
    ]);
  }

  async #startServices(balancer: Balancer, around: Surroundings): Promise<void> {
    const sets = storeServices.map((service) => {
      const env = { ...environmentOf(service, around), DRAIN_DELAY_MS, ...this.options.settings };
      const set = this.#newSet(service.name, service.main, this.options.replicas, env, balancer);
      this.#sets.set(service.name, set);
      return set;
    });
    this.#undo.push(async () => {
      await Promise.all(sets.map((set) => set.stop()));
    });
    await Promise.all(sets.map((set) => set.start()));
  }

  #newSet(name: string, entry: string, count: number, env: Record<string, string>, balancer?: Balancer): ReplicaSet {
    const options: ReplicaSetOptions = {
      name,
      entry,
      count,
      env,
      ...(balancer === undefined ? {} : { balancer }),
      cwd: this.dataDir,
      logDir: join(this.dataDir, 'logs'),
      onEvent: ({ type, id, reason }) => {
        if (type === 'died') {
          this.#say('info', `${id} died (${reason ?? 'no reason'}); another takes its place`);
          this.#deaths.emit('died', id);
        }
        if (type === 'start-failed') this.#say('warning', `${id} did not start: ${reason ?? 'no reason'}`);
      },
    };
    return new ReplicaSet(options);
  }

  async #seed(): Promise<void> {
    const client = new StoreClient({ baseUrl: this.url });
    await client.signIn(ADMIN, this.adminPassword);
    const products = await seedCatalog(client, this.options.retailFile, ({ phase, done }) =>
      this.#say(
        'progress',
        phase === 'uploading'
          ? `seeding the catalogue: ${(done / 1_048_576).toFixed(1)} MiB sent`
          : `seeding the catalogue: ${done} lines read`,
      ),
    );
    if (products > 0) this.#say('info', `seeded a demo catalogue of ${products} products`);
  }

  #say(level: StoreEvent['level'], text: string): void {
    this.options.onEvent?.({ level, text });
  }

  #running<T>(part: T | undefined): T {
    if (part === undefined) throw new StoreStartError('the store is not running');
    return part;
  }
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const title = status === 404 ? 'Not found' : 'Service unavailable';
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(
    JSON.stringify({ type: `urn:lethe:problem:${title.toLowerCase().replaceAll(' ', '-')}`, title, status }),
  );
}
