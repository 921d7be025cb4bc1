export { scheduleMigrations } from './postgres/schedule.migration.js';
export { PostgresSchedules } from './postgres/postgres-schedules.js';
export { type CommandWriter, Ticker, type TickerOptions } from './postgres/ticker.js';
export { type RateUnit, type Recurrence, cron, formatRecurrence, lastTick, nextTick, rate } from './recurrence.js';
export { type Schedule, defineSchedule } from './schedule.js';
export { Schedules, syncSchedules } from './schedules.js';
export { ScheduleDefinitionError } from './schedules.errors.js';
export { SchedulesModule, type SchedulesModuleOptions } from './schedules.module.js';
