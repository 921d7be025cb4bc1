import { Clicks, store } from '@lethe/contracts';
import { resourcesOf } from '@lethe/topology';
import type { Platform } from '../data/platform.js';
import type { Profile, Work } from '../data/profile.js';
import type { StageSizes } from '../data/stage-sizes.js';
import type { Choices } from './choices.js';

/** Hours of a month as AWS counts them: 365 days of 24 hours by 12. */
export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
const SECONDS_PER_DAY = 86_400;
const RESOURCES = resourcesOf(store);
const CLICK_READERS = store.services.filter(({ reads }) => reads.some(({ name }) => name === Clicks.name)).length;

/** What is asked of the store. */
export interface Demand {
  readonly ordersPerDay: number;
  readonly visitsPerDay: number;
}

/** What a cost follows from, besides prices. */
export interface Situation {
  readonly demand: Demand;
  readonly profile: Profile;
  readonly stage: StageSizes;
  readonly platform: Platform;
  readonly choices: Choices;
}

/** One hour of the day, as it is every day. */
export interface Hour {
  readonly orders: number;
  readonly visits: number;
}

/** What the demand makes every component do: the base of what each of them costs. */
export class Load {
  readonly ordersPerMonth: number;
  readonly visitsPerMonth: number;
  readonly hours: readonly Hour[];
  readonly queues = RESOURCES.queues.length;
  readonly streams = RESOURCES.streams.length;
  readonly services: readonly string[];

  constructor(readonly situation: Situation) {
    const { demand, profile } = situation;
    this.ordersPerMonth = demand.ordersPerDay * DAYS_PER_MONTH;
    this.visitsPerMonth = demand.visitsPerDay * DAYS_PER_MONTH;
    this.hours = profile.assumptions.hourOfDay.value.map((share) => ({
      orders: demand.ordersPerDay * share,
      visits: demand.visitsPerDay * share,
    }));
    this.services = Object.keys(profile.services);
  }

  /** Those who read clicks. */
  readonly clickReaders = CLICK_READERS;

  /** The share of what an order takes alone that it still takes among many: 1 for a store that sells one a day. */
  get aloneShare(): number {
    const { demand, profile, choices } = this.situation;
    if (choices.batching === 'off') return 1;
    return 1 / (1 + demand.ordersPerDay / SECONDS_PER_DAY / profile.together.ordersPerSecond);
  }

  /** A number of an order, between what it is alone and what it is among many: requests that carry more cost no more. */
  perOrder(alone: number, together: number): number {
    const share = this.aloneShare;
    return alone * share + Math.min(alone, together) * (1 - share);
  }

  /** Something of a service in a month, without what its idle replicas do. */
  monthlyOf(service: string, of: (work: Work) => number): number {
    const measured = this.situation.profile.services[service];
    if (measured === undefined) return 0;
    const each = this.perOrder(of(measured.perOrder), of(measured.perOrderTogether));
    return this.ordersPerMonth * each + this.visitsPerMonth * of(measured.perVisit);
  }

  /** The same for all services, and with what idle replicas do. */
  monthly(of: (work: Work) => number): number {
    return this.services.reduce((sum, service) => {
      const idle = this.situation.profile.services[service]?.idlePerHour;
      const idling = idle === undefined ? 0 : of(idle) * this.taskHours(service);
      return sum + this.monthlyOf(service, of) + idling;
    }, 0);
  }

  /** Tasks of a service in an hour of the day: as many as autoscaling keeps, never fewer than the stage says. */
  tasks(service: string, hour: Hour): number {
    const { stage, choices } = this.situation;
    if (choices.compute === 'lambda') return 0;
    const { vcpu } = this.taskSize;
    const { targetUtilisation } = this.situation.profile.assumptions;
    const busy = this.cores(service, hour) / (vcpu * targetUtilisation.value);
    return Math.max(stage.services.least, Math.ceil(busy));
  }

  /** Cores that a service keeps busy in an hour. */
  cores(service: string, hour: Hour): number {
    const { profile } = this.situation;
    const measured = profile.services[service];
    if (measured === undefined) return 0;
    const { vcpuPerMeasuredCore, armPerX86 } = profile.assumptions;
    const seconds = hour.orders * measured.perOrder.cpuSeconds + hour.visits * measured.perVisit.cpuSeconds;
    return (seconds * vcpuPerMeasuredCore.value * armPerX86.value) / 3_600;
  }

  get taskSize(): { readonly vcpu: number; readonly gb: number } {
    const { cpu, memoryMb } = this.situation.stage.services;
    return { vcpu: cpu / 1_024, gb: memoryMb / 1_024 };
  }

  /** Hours that tasks of a service run in a month. */
  taskHours(service: string): number {
    return this.monthlyHours((hour) => this.tasks(service, hour));
  }

  /** Something that there is so much of in each hour of the day, over a month. */
  monthlyHours(of: (hour: Hour) => number): number {
    return this.hours.reduce((sum, hour) => sum + of(hour), 0) * DAYS_PER_MONTH;
  }

  /** The most of it in any hour. */
  most(of: (hour: Hour) => number): number {
    return Math.max(...this.hours.map(of));
  }

  /** The rate per second in the busiest minute of something that an order and a visit make. */
  peakPerSecond(perOrder: number, perVisit: number): number {
    const { peakOfHour } = this.situation.profile.assumptions;
    return (this.most(({ orders, visits }) => orders * perOrder + visits * perVisit) / 3_600) * peakOfHour.value;
  }

  /** CPU of PostgreSQL in an hour, in Aurora's capacity units; of one instance. */
  acu(hour: Hour): number {
    const { profile, stage } = this.situation;
    const { perOrder, perVisit } = profile.database;
    const { acuPerCore, targetUtilisation } = profile.assumptions;
    const cores = (hour.orders * perOrder.cpuSeconds + hour.visits * perVisit.cpuSeconds) / 3_600;
    const units = (cores * acuPerCore.value) / targetUtilisation.value;
    return Math.max(stage.database.leastUnits, Math.ceil(units * 2) / 2);
  }

  /** Calls of AWS in a month whose operation the pattern fits. */
  calls(pattern: RegExp): number {
    return this.monthly((work) => callsOf(work, pattern));
  }

  /** HTTP requests in a month. */
  get requests(): number {
    return this.services.reduce((sum, service) => sum + this.monthlyOf(service, ({ requests }) => requests), 0);
  }

  /** Bytes of answers to browsers in a month, with images and the application. */
  get answerBytes(): number {
    const { answers, assumptions } = this.situation.profile;
    const perVisit = answers.bytesPerVisit + answers.staticBytesPerVisit + assumptions.imageBytesPerVisit.value;
    return this.visitsPerMonth * perVisit + this.ordersPerMonth * answers.bytesPerOrder;
  }

  get clicksPerMonth(): number {
    return this.visitsPerMonth * this.situation.profile.clicksPerVisit;
  }
}

/** Calls whose operation the pattern fits. */
export function callsOf(work: Work, pattern: RegExp): number {
  return Object.entries(work.calls).reduce((sum, [operation, count]) => sum + (pattern.test(operation) ? count : 0), 0);
}
