export {
  type TableResource,
  cartsTable,
  importsBucket,
  leasesTable,
  rateLimitsTable,
  revocationsTable,
  sessionsTable,
  storeBuckets,
  storeTables,
} from './backing.js';
export { type Click, Clicks, clickSchema } from './analytics.messages.js';
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
  RunImport,
  StockRejected,
  StockReserved,
} from './catalog.messages.js';
export * from './fulfilment.http.js';
export { httpRequests, httpResponses } from './http-shapes.js';
export * from './coupons.http.js';
export * from './orders.http.js';
export {
  AuthorizePayment,
  ClearCart,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  RemindOrder,
  VoidPayment,
} from './orders.messages.js';
export { analyticsService, authService, catalogService, ordersService, store } from './store.js';
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
