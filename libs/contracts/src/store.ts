import { defineService, defineTopology } from '@lethe/topology';
import { Clicks } from './analytics.messages.js';
import { SendCode, SendNotice, UserDeleted } from './auth.messages.js';
import {
  BackInStock,
  ProductsChanged,
  ReleaseStock,
  ReserveStock,
  RunImport,
  StockRejected,
  StockReserved,
} from './catalog.messages.js';
import {
  AuthorizePayment,
  ClearCart,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  RemindOrder,
  VoidPayment,
} from './orders.messages.js';

export const authService = defineService({
  name: 'auth',
  publishes: [UserDeleted],
  sends: [SendCode, SendNotice],
  handles: [SendCode, SendNotice],
});

export const catalogService = defineService({
  name: 'catalog',
  publishes: [StockReserved, StockRejected, ProductsChanged, BackInStock],
  sends: [RunImport],
  handles: [ReserveStock, ReleaseStock, RunImport, OrderConfirmed, ProductsChanged],
});

export const ordersService = defineService({
  name: 'orders',
  publishes: [OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled],
  sends: [ReserveStock, ReleaseStock, AuthorizePayment, VoidPayment, ClearCart, RemindOrder],
  handles: [StockReserved, StockRejected, AuthorizePayment, VoidPayment, ClearCart, RemindOrder, UserDeleted],
});

export const analyticsService = defineService({
  name: 'analytics',
  handles: [OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled],
  writes: [Clicks],
  reads: [Clicks],
});

/** The whole store: who says what to whom. */
export const store = defineTopology('lethe', [authService, catalogService, ordersService, analyticsService]);
