import { storeServices } from '@lethe/contracts';
import { migrate } from './migrate.js';
import { webName, workerName } from './names.js';
import type { StageParameters } from './parameters.js';
import { type Running, runningOf } from './running.js';
import { type Switching, switchOver } from './switch-over.js';

/** Digests by service: what is to be deployed. Those that are not named stay as the stage has them. */
export type Digests = Readonly<Record<string, string>>;

export interface StageDeployment extends Switching {
  readonly parameters: StageParameters;
  /** Makes the stacks as they are declared: registers task definitions with the digests written, and replaces no task. */
  readonly registers: (options: { readonly withoutTasks: boolean }) => Promise<void>;
  /** Makes the databases and users of services that are not there yet, and brings the others in line. */
  readonly preparesDatabases: () => Promise<void>;
  /** Asks the stage from outside; rejects where it does not answer. */
  readonly smoke: () => Promise<void>;
  /** Puts the pages where they are handed out. */
  readonly publishes: () => Promise<void>;
  readonly tell: (line: string) => void;
}

/**
 * A commit as far as a stage: digests, task definitions, databases, migrations, workers, then tasks behind the balancer, a
 * look from outside, the pages, and the commit, which is written last. Who reads is replaced before who writes: nobody is sent what it cannot
 * read yet. What fails is taken back, and the stage keeps its commit: the next run compares with that one again.
 */
export async function deployStage(commit: string, digests: Digests, stage: StageDeployment): Promise<void> {
  const { parameters, registers, preparesDatabases, smoke, publishes, tell } = stage;
  const services = storeServices.map(({ name }) => name);
  const first = (await parameters.deployedCommit()) === undefined;
  const before = await Promise.all(
    Object.keys(digests).map(async (service) => [service, await parameters.digest(service)] as const),
  );
  const switched: Running[] = [];
  try {
    for (const [service, digest] of Object.entries(digests)) await parameters.writeDigest(service, digest);
    // Without tables no task would ever be ready, and without the stacks there is nothing that could make tables.
    await registers({ withoutTasks: first });
    tell('preparing databases');
    await preparesDatabases();
    for (const service of services) {
      tell(`migrating ${service}`);
      await migrate(stage.ecs, service, stage.patience);
    }
    if (first) await registers({ withoutTasks: false });
    for (const nameOf of [workerName, webName]) await switchAll(services, nameOf, stage, switched);
    await smoke();
  } catch (error) {
    await takeBack(before, switched, stage).catch((other: unknown) => {
      throw new AggregateError([error, other], 'what was changed could not be taken back', { cause: error });
    });
    throw error;
  }
  // Services are as they should be: pages that do not go up take nothing back, and the next run puts them there.
  await publishes();
  await parameters.writeCommit(commit);
  tell(`deployed ${commit}`);
}

/** Replaces what is not of the newest definition, all at the same time. Rejects when all have come to an end, if one failed. */
async function switchAll(
  services: readonly string[],
  nameOf: (service: string) => string,
  stage: StageDeployment,
  switched: Running[],
): Promise<void> {
  const all = await Promise.all(services.map((service) => runningOf(stage.ecs, service, nameOf(service))));
  const ends = await Promise.allSettled(
    all
      .filter(({ current, newest }) => current !== newest)
      .map(async (running) => {
        stage.tell(`switching ${running.name} to ${running.newest}`);
        await switchOver(running, running.newest, stage);
        switched.push(running);
      }),
  );
  const [failure, ...others] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (others.length > 0) throw new AggregateError([failure, ...others], 'several services were not switched over');
  if (failure !== undefined) throw failure;
}

/** Old digests and old tasks again; webs before workers, the other way round than they came. */
async function takeBack(
  before: readonly (readonly [string, string | undefined])[],
  switched: readonly Running[],
  stage: StageDeployment,
): Promise<void> {
  for (const [service, digest] of before) if (digest !== undefined) await stage.parameters.writeDigest(service, digest);
  for (const running of switched.toReversed()) {
    stage.tell(`taking ${running.name} back to ${running.current}`);
    await switchOver(running, running.current, stage);
  }
}
