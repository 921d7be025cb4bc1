export { type Gathered, Gathering, type GatheringOptions } from './gathering.js';
export { Inbox } from './inbox.js';
export {
  DeliveryTimeError,
  NestedUnitOfWorkError,
  OutboxKeyError,
  PublishTimeoutError,
  SagaDefinitionError,
  SagaMissingError,
  SagaStepError,
  UnitOfWorkEndedError,
} from './outbox.errors.js';
export { outboxMigrations } from './outbox.migration.js';
export { registerOutboxMetrics } from './outbox.metrics.js';
export { OutboxModule, type OutboxModuleOptions } from './outbox.module.js';
export { OUTBOX_COLUMNS, SCHEDULED_COLUMNS } from './outbox.sql.js';
export { Outbox } from './outbox.js';
export {
  type OutboxAddress,
  type OutboxRow,
  type ScheduledAddress,
  type ScheduledRow,
  columnsOf,
} from './outbox.rows.js';
export { type BatchOutcome } from './relay/relay-batch.js';
export { Relay } from './relay/relay.js';
export { type OutboxLag, type OutgoingMessage, type Publisher, type RelayOptions } from './relay/relay.options.js';
export { Wake } from './relay/wake.js';
export { type Unit, UnitOfWork } from './unit-of-work.js';
export {
  type SagaDefinition,
  type SagaTimeout,
  type SagaTimer,
  type TransitionTable,
  defineSaga,
  timeout,
} from './saga/define-saga.js';
export { Saga, type SagaAnswer, type SagaStep, type SagaSteps, type SetTimer } from './saga/saga.js';
export { SagaTable, type StoredSaga, sagaMigrations } from './saga/saga-table.js';
export type { SagaMove, SagaRow, SagaStore } from './saga/saga.store.js';
