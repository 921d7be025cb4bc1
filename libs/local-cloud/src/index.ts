export { startCloud, type Cloud, type CloudOptions } from './cloud/cloud.js';
export { type CloudEvent } from './cloud/cloud-event.js';
export { testDatabase, type TestDatabase } from './cloud/database.js';
export { removeCloudData } from './cloud/remove-cloud.js';
export { storedDatabaseUrl } from './cloud/stored-database.js';
export { startTestCloud } from './cloud/test-cloud.js';
export { describeWithValkey } from './cloud/describe-with-valkey.js';
export { startTestValkey, type TestValkey, type ValkeySettings } from './cloud/test-valkey.js';
export { startTestValkeyCluster, type TestValkeyCluster } from './cloud/test-valkey-cluster.js';
export { startTestCognito, type TestCognito } from './cloud/test-cognito.js';
export { type SentMail, type TestMail, startTestMail } from './cloud/test-mail.js';
export { startTestStepFunctions, type TestStepFunctions } from './cloud/test-step-functions.js';
export { type EmulatorKind } from './emulators/emulator-options.js';
export {
  CloudAlreadyRunningError,
  EmulatorStartError,
  LocalCloudError,
  ReplicaStartError,
} from './local-cloud.errors.js';
export { startBalancer, type Balancer, type BalancerOptions } from './balancer/balancer.js';
export { type Route } from './balancer/routes.js';
export { checkReady, type TargetAddress, type TargetHealth, type TargetStatus } from './balancer/target.js';
export { pickPort } from './ports.js';
export { ReplicaSet, type ReplicaEvent, type ReplicaSetOptions, type ReplicaStatus } from './replicas/replica-set.js';
export { type ReplicaState } from './replicas/replica.js';
export { eventSourcesEntry } from './event-sources/entry.js';
export type { EventSourceMapping } from './event-sources/mapping.js';
export { readCalls, writeCalls } from './recording/call-book.js';
export { type CallRecorder, startCallRecorder } from './recording/call-recorder.js';
export { type RecordedCall } from './recording/recorded-call.js';
