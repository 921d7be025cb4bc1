import { defineService, defineTopology } from '@lethe/topology';
import { Clicks, EnrichedClicks, KeepLake } from './analytics.messages.js';
import { SendCode, SendNotice, UserDeleted } from './auth.messages.js';
import {
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
import {
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
import { StartWorkflow } from './workflows.js';
import { ReconcilePayments, RunReconciliation } from './reconciliation.messages.js';

export const authService = defineService({
  name: 'auth',
  publishes: [UserDeleted],
  sends: [SendCode, SendNotice],
  handles: [SendCode, SendNotice],
});

export const catalogService = defineService({
  name: 'catalog',
  publishes: [StockReserved, StockRejected, ProductsChanged, BackInStock],
  sends: [RunImport, SweepImages],
  handles: [ReserveStock, ReleaseStock, RestockReturn, RunImport, OrderConfirmed, ProductsChanged, SweepImages],
});

export const ordersService = defineService({
  name: 'orders',
  publishes: [
    OrderPlaced,
    OrderConfirmed,
    OrderRejected,
    OrderCancelled,
    OrderShipped,
    OrderDelivered,
    OrderReturned,
    OrderRefunded,
  ],
  sends: [
    ReserveStock,
    ReleaseStock,
    RestockReturn,
    AuthorizePayment,
    VoidPayment,
    RefundPayment,
    StartWorkflow,
    ClearCart,
    RemindOrder,
    ReconcilePayments,
    RunReconciliation,
  ],
  handles: [
    StockReserved,
    StockRejected,
    AuthorizePayment,
    VoidPayment,
    RefundPayment,
    StartWorkflow,
    ClearCart,
    RemindOrder,
    UserDeleted,
    ReconcilePayments,
    RunReconciliation,
  ],
});

export const analyticsService = defineService({
  name: 'analytics',
  sends: [KeepLake],
  handles: [
    OrderPlaced,
    OrderConfirmed,
    OrderRejected,
    OrderCancelled,
    OrderReturned,
    OrderRefunded,
    KeepLake,
    UserDeleted,
  ],
  writes: [Clicks],
  reads: [Clicks],
});

/** Functions that mail what customers are told about their orders; see functions.ts. */
export const receiptsService = defineService({
  name: 'receipts',
  handles: [OrderConfirmed, OrderShipped, OrderRefunded],
});

/** A function that adds to clicks what the catalogue knows; see functions.ts. */
export const enrichmentService = defineService({ name: 'enrichment', reads: [Clicks], writes: [EnrichedClicks] });

/** The whole store: who says what to whom. */
export const store = defineTopology('lethe', [
  authService,
  catalogService,
  ordersService,
  analyticsService,
  receiptsService,
  enrichmentService,
]);
