export { EventBridgeSchedules, type EventBridgeOptions } from './event-bridge-schedules.js';
export { type EventBridgePlace, type EventBridgeSchedule, eventBridgeSchedule } from './target.js';
