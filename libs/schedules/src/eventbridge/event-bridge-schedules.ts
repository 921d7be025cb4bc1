import {
  ConflictException,
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  paginateListSchedules,
} from '@aws-sdk/client-scheduler';
import type { ServiceDefinition } from '@lethe/topology';
import type { Schedule } from '../schedule.js';
import { Schedules } from '../schedules.js';
import { type EventBridgePlace, eventBridgeSchedule, groupName, isInLine } from './target.js';

export interface EventBridgeOptions extends EventBridgePlace {
  /** Default: one of its own, for the region. */
  readonly client?: SchedulerClient;
  /** Name of the topology. */
  readonly topology: string;
  readonly service: ServiceDefinition;
}

/** How long one call takes at most, in milliseconds, and how often it is tried (R04, R05). */
const LIMITS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/**
 * Schedules in EventBridge Scheduler, which fires them by itself: no replica has to. An update begins the count of a rate
 * anew, therefore one that is in line is left alone. Throws the errors of the SDK.
 */
export class EventBridgeSchedules extends Schedules {
  readonly #group: string;
  readonly #client: SchedulerClient;

  constructor(private readonly options: EventBridgeOptions) {
    super();
    this.#client = options.client ?? new SchedulerClient({ region: options.region, ...LIMITS });
    this.#group = groupName(options.topology, options.service);
  }

  override async put(schedule: Schedule): Promise<void> {
    const { topology, service } = this.options;
    const wanted = eventBridgeSchedule(schedule, topology, service, this.options);
    const kept = await this.#find(schedule.name);
    if (kept !== undefined) {
      if (!isInLine(kept, wanted)) await this.#client.send(new UpdateScheduleCommand(wanted));
      return;
    }
    await this.#ensureGroup();
    try {
      await this.#client.send(new CreateScheduleCommand(wanted));
    } catch (error) {
      // Made by another deployment meanwhile, which may be of another version: the last one decides.
      if (!(error instanceof ConflictException)) throw error;
      await this.#client.send(new UpdateScheduleCommand(wanted));
    }
  }

  override async remove(name: string): Promise<void> {
    try {
      await this.#client.send(new DeleteScheduleCommand({ Name: name, GroupName: this.#group }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  override async list(): Promise<readonly string[]> {
    const names: string[] = [];
    try {
      for await (const page of paginateListSchedules({ client: this.#client }, { GroupName: this.#group }))
        names.push(...(page.Schedules ?? []).flatMap(({ Name }) => Name ?? []));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
    return names.toSorted();
  }

  async #find(name: string): Promise<GetScheduleCommandOutput | undefined> {
    try {
      return await this.#client.send(new GetScheduleCommand({ Name: name, GroupName: this.#group }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async #ensureGroup(): Promise<void> {
    try {
      await this.#client.send(new CreateScheduleGroupCommand({ Name: this.#group }));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  }

  /** Closes the client where it is its own. */
  close(): void {
    if (this.options.client === undefined) this.#client.destroy();
  }
}
