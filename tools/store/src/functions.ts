import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeFunctions } from '@lethe/contracts';
import {
  type Balancer,
  type EventSourceMapping,
  type ReplicaSet,
  eventSourcesEntry,
  startBalancer,
} from '@lethe/local-cloud';
import { FUNCTIONS, type Surroundings, functionsServer, signedBy } from './services.js';

/** Starts a program of the store as a set of one replica. */
export type NewSet = (name: string, entry: string, env: Record<string, string>, balancer?: Balancer) => ReplicaSet;

/** What makes the functions run by itself; those that workflows or a user pool invoke are not among them. */
export const eventSourceMappings: readonly EventSourceMapping[] = storeFunctions.flatMap(
  ({ name, timeoutSeconds, source }) => (source === undefined ? [] : [{ name, timeoutSeconds, source }]),
);

/** The functions on this machine: a server with the Invoke API of Lambda, and what Lambda's event source mappings do. */
export class StoreFunctions {
  readonly #sets: ReplicaSet[] = [];

  private constructor(
    private readonly front: Balancer,
    private readonly newSet: NewSet,
    private readonly apart: readonly string[],
  ) {}

  /**
   * Gives the functions an address, which stays when their process is replaced; whoever calls them may start first.
   * `areApart`: each has a process and a role, as on AWS; else they share both.
   */
  static async open(newSet: NewSet, areApart: boolean): Promise<StoreFunctions> {
    const apart = areApart ? storeFunctions.map(({ name }) => name) : [];
    const routes = apart.map((name) => ({ prefix: `/2015-03-31/functions/${name}`, service: name }));
    const front = await startBalancer({ port: 0, routes: [...routes, { prefix: '', service: FUNCTIONS }] });
    return new StoreFunctions(front, newSet, apart);
  }

  /** Where functions are invoked. */
  get url(): string {
    return `http://127.0.0.1:${this.front.port}`;
  }

  /** Starts the server of the functions. Throws a ReplicaStartError. */
  async start({ aws, publicUrl, secrets, compileCache }: Surroundings): Promise<void> {
    const env = {
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: compileCache,
      AUTH_URL: publicUrl,
      ORDERS_URL: publicUrl,
      CATALOG_URL: publicUrl,
      SERVICE_KEY: JSON.stringify(secrets.serviceKeys[FUNCTIONS]?.privateJwk),
    };
    await Promise.all(
      [FUNCTIONS, ...this.apart].map((role) =>
        this.#run(this.newSet(role, functionsServer, { ...signedBy(aws, role), ...env }, this.front)),
      ),
    );
  }

  /** Starts the process that invokes them for what happens in queues, streams and buckets. Throws a ReplicaStartError. */
  startEventSources({ aws, compileCache }: Surroundings, dataDir: string): Promise<void> {
    const stateDir = join(dataDir, 'event-sources');
    const file = join(stateDir, 'mappings.json');
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(file, JSON.stringify(eventSourceMappings));
    const env = {
      ...signedBy(aws, 'event-sources'),
      NODE_COMPILE_CACHE: compileCache,
      EVENT_SOURCES: file,
      FUNCTIONS_URL: this.url,
      STATE_DIR: stateDir,
    };
    return this.#run(this.newSet('event-sources', eventSourcesEntry, env));
  }

  /** Ends the processes: the mappings first, so that nothing is begun that the functions could not end. */
  async drain(): Promise<void> {
    for (let set = this.#sets.pop(); set !== undefined; set = this.#sets.pop()) await set.stop();
  }

  /** Gives the address up. */
  close(): Promise<void> {
    return this.front.stop();
  }

  #run(set: ReplicaSet): Promise<void> {
    this.#sets.push(set);
    return set.start();
  }
}
