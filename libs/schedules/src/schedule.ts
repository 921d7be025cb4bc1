import { type CommandDefinition, type InputOf, encodeMessage } from '@lethe/topology';
import type { Recurrence } from './recurrence.js';
import { ScheduleDefinitionError } from './schedules.errors.js';

/** A command that is sent at each tick, of which its data tells as `scheduledAt`. */
export interface Schedule<C extends CommandDefinition = CommandDefinition> {
  /** Kebab-case, at most 40 characters; one of its service. */
  readonly name: string;
  readonly command: C;
  readonly every: Recurrence;
  /** What the command says besides `scheduledAt`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What the messages are about, as the outbox's key: those of one schedule stay in order. */
  readonly key: string;
}

interface ScheduleSpec<C extends CommandDefinition> {
  readonly name: string;
  readonly command: C;
  readonly every: Recurrence;
  /** What the command says besides `scheduledAt`, the ISO 8601 time of the tick. */
  readonly data: Omit<InputOf<C>, 'scheduledAt'>;
}

/** Data of a command at a tick, in milliseconds since 1970. */
export function dataAt({ data }: Pick<Schedule, 'data'>, tick: number): Record<string, unknown> {
  return { ...data, scheduledAt: new Date(tick).toISOString() };
}

/**
 * Declares a schedule. It compiles only if the command's data has a `scheduledAt` and the rest is given. Throws a
 * {@link ScheduleDefinitionError} for a name that is none, and data that breaks the command's schema.
 */
export function defineSchedule<C extends CommandDefinition>(
  spec: InputOf<C> extends { scheduledAt: string } ? ScheduleSpec<C> : never,
): Schedule<C> {
  const { name, command, every, data }: ScheduleSpec<C> = spec;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40)
    throw new ScheduleDefinitionError(name, 'its name is not kebab-case of at most 40 characters');
  const schedule = { name, command, every, data: { ...data }, key: `schedule:${name}` };
  try {
    encodeMessage(command, dataAt(schedule, 0), { id: '', source: command.owner, time: 0 });
  } catch (cause) {
    throw new ScheduleDefinitionError(name, `its data is not that of ${command.type}`, { cause });
  }
  return schedule;
}
