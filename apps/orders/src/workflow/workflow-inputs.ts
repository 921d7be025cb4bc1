import type { Money } from '@lethe/kernel';
import type { OrdersConfig } from '../orders.config.js';
import type { WorkflowStart } from './workflows.js';

/** What decides how workflows go; part of their input, so that one under way keeps to what it began with. */
export type WorkflowTerms = Pick<
  OrdersConfig,
  | 'FULFILMENT_APPROVAL_ABOVE'
  | 'REFUND_APPROVAL_ABOVE'
  | 'WORKFLOW_WAIT_SECONDS'
  | 'WORKFLOW_TRANSIT_SECONDS'
  | 'WORKFLOW_SETTLE_SECONDS'
>;

/** As the configuration has them where it says nothing. */
export const DEFAULT_TERMS: WorkflowTerms = {
  FULFILMENT_APPROVAL_ABOVE: 500_000,
  REFUND_APPROVAL_ABOVE: 500_000,
  WORKFLOW_WAIT_SECONDS: 60,
  WORKFLOW_TRANSIT_SECONDS: 86_400,
  WORKFLOW_SETTLE_SECONDS: 60,
};

/** The workflow that brings an order to the customer. */
export function fulfilmentOf(
  order: { readonly id: string; readonly total: Money },
  terms: WorkflowTerms,
): WorkflowStart {
  return {
    workflow: 'fulfilment',
    executionName: order.id,
    input: {
      orderId: order.id,
      amount: order.total.amount,
      approvalAbove: terms.FULFILMENT_APPROVAL_ABOVE,
      waitSeconds: terms.WORKFLOW_WAIT_SECONDS,
      transitSeconds: terms.WORKFLOW_TRANSIT_SECONDS,
    },
  };
}

/** The workflow that gives money back, and puts goods back where some came back with it. */
export function refundOf(
  refund: { readonly id: string; readonly orderId: string; readonly amount: number; readonly goods: boolean },
  terms: WorkflowTerms,
): WorkflowStart {
  return {
    workflow: 'refund',
    executionName: refund.id,
    input: {
      refundId: refund.id,
      orderId: refund.orderId,
      amount: refund.amount,
      goods: refund.goods,
      approvalAbove: terms.REFUND_APPROVAL_ABOVE,
      waitSeconds: terms.WORKFLOW_WAIT_SECONDS,
      settleSeconds: terms.WORKFLOW_SETTLE_SECONDS,
    },
  };
}
