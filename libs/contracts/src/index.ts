export { type Access, type BucketAccess, type TableAccess, functionAccess, serviceAccess } from './access.js';
export {
  LAKE_ARRIVING,
  type TableResource,
  cartsTable,
  functionNotesTable,
  imagesBucket,
  importsBucket,
  lakeBucket,
  leasesTable,
  rateLimitsTable,
  revocationsTable,
  sessionsTable,
  storeBuckets,
  storeTables,
} from './backing.js';
export {
  type Click,
  Clicks,
  type EnrichedClick,
  EnrichedClicks,
  KeepLake,
  clickSchema,
  enrichedClickSchema,
} from './analytics.messages.js';
export * from './analytics.http.js';
export * from './auth-sessions.http.js';
export * from './auth.http.js';
export * from './auth.internal.js';
export {
  type AccountNotice,
  type CodePurpose,
  SendCode,
  SendNotice,
  UserDeleted,
  accountNoticeSchema,
  codePurposeSchema,
} from './auth.messages.js';
export * from './catalog.http.js';
export {
  BackInStock,
  ProductsChanged,
  ReleaseStock,
  ReserveStock,
  RestockReturn,
  RunImport,
  StockRejected,
  StockReserved,
  SweepImages,
} from './catalog.messages.js';
export * from './images.js';
export * from './fulfilment.http.js';
export * from './functions.internal.js';
export { type FunctionDefinition, failureQueues, storeFunctions, watchedQueues } from './functions.js';
export { httpRequests, httpResponses } from './http-shapes.js';
export { clickEvents } from './lake-clicks.js';
export { type LakeColumn, type LakeColumnType, type LakeEvent, type LakeEventType, lakeColumns } from './lake.js';
export * from './coupons.http.js';
export * from './orders.http.js';
export {
  AuthorizePayment,
  ClearCart,
  OrderCancelled,
  OrderConfirmed,
  OrderDelivered,
  OrderPlaced,
  OrderRefunded,
  OrderRejected,
  OrderReturned,
  OrderShipped,
  RefundPayment,
  RemindOrder,
  VoidPayment,
} from './orders.messages.js';
export * from './reconciliation.http.js';
export { ReconcilePayments, RunReconciliation } from './reconciliation.messages.js';
export * from './returns.http.js';
export { type ServiceResource, storeServices } from './services.js';
export {
  analyticsService,
  authService,
  catalogService,
  enrichmentService,
  ordersService,
  receiptsService,
  store,
} from './store.js';
export { MAX_ORDER_LINES, MAX_QUANTITY, idSchema, moneySchema, quantitySchema, timeSchema } from './values.js';
export {
  StartWorkflow,
  type Workflow,
  type WorkflowResource,
  executionNameSchema,
  stateMachineName,
  storeWorkflows,
  workflowSchema,
} from './workflows.js';
