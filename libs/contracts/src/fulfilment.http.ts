import { z } from 'zod';
import { refundStatusSchema } from './returns.http.js';
import { idSchema, moneySchema, timeSchema } from './values.js';

/** How far the warehouse and the carrier are with an order; what has not happened yet is missing. */
export const shipmentSchema = z
  .object({
    releasedAt: timeSchema.describe('When the staff handed the order to the warehouse.'),
    pickedAt: timeSchema.optional(),
    packedAt: timeSchema.optional(),
    tracking: z.string().optional().describe("The carrier's number, once there is a label."),
    labelledAt: timeSchema.optional(),
    shippedAt: timeSchema.optional(),
    deliveredAt: timeSchema.optional(),
    calledOffAt: timeSchema.optional().describe('When it was given up; what was paid goes back.'),
  })
  .meta({ id: 'Shipment' });
export type Shipment = z.output<typeof shipmentSchema>;

export const decisionSchema = z.enum(['approved', 'denied']);
export type Decision = z.output<typeof decisionSchema>;

/** What a workflow waits for: `fulfilment`, or the id of a refund. */
export const approvalSubjectSchema = z.union([z.literal('fulfilment'), idSchema]);
export const decideApprovalSchema = z.strictObject({ subject: approvalSubjectSchema, decision: decisionSchema });
export const approvalSchema = z
  .object({ subject: approvalSubjectSchema, decision: decisionSchema, decidedAt: timeSchema })
  .meta({ id: 'Approval' });
/** What waits for the staff, the oldest first; at most a hundred. */
export const openApprovalsSchema = z
  .object({
    items: z.array(
      z.object({ orderId: idSchema, subject: approvalSubjectSchema, amount: moneySchema, askedAt: timeSchema }),
    ),
  })
  .meta({ id: 'OpenApprovals' });
export type OpenApprovals = z.output<typeof openApprovalsSchema>;
export type DecideApproval = z.output<typeof decideApprovalSchema>;
export type Approval = z.output<typeof approvalSchema>;

/** Steps of a fulfilment. A step that is done stays done: asking again gives the same answer. */
export const fulfilmentStepSchema = z.enum(['approval', 'pick', 'pack', 'label', 'ship', 'deliver', 'call-off']);
export type FulfilmentStep = z.output<typeof fulfilmentStepSchema>;
/** Steps of a refund. */
export const refundStepSchema = z.enum(['approval', 'restock', 'pay', 'check', 'refuse']);
export type RefundStep = z.output<typeof refundStepSchema>;

/** Of an approval: what was decided, or `pending` as long as nothing was. */
const decided = decisionSchema.or(z.literal('pending')).optional();
export const fulfilmentStepAnswerSchema = z
  .object({
    orderId: idSchema,
    step: fulfilmentStepSchema,
    decision: decided,
    tracking: z.string().optional(),
    refundId: idSchema
      .optional()
      .describe('Of a call-off: the refund of what was paid, unless all of it went back before.'),
  })
  .meta({ id: 'FulfilmentStepAnswer' });
export type FulfilmentStepAnswer = z.output<typeof fulfilmentStepAnswerSchema>;
export const refundStepAnswerSchema = z
  .object({ refundId: idSchema, step: refundStepSchema, status: refundStatusSchema, decision: decided })
  .meta({ id: 'RefundStepAnswer' });
export type RefundStepAnswer = z.output<typeof refundStepAnswerSchema>;
