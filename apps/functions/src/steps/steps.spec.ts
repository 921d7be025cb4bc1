import { describe, expect, it } from '@jest/globals';
import { ServiceUnavailableError } from '../functions.errors.js';
import { type Orders } from './ask-orders.js';
import { fulfilmentStep, fulfilmentTaskSchema } from './fulfilment-step.js';
import { refundStep, refundTaskSchema } from './refund-step.js';

const ORDER = '01981c6e-0000-7000-8000-000000000001';
const REFUND = '01981c6e-0000-7000-8000-000000000002';

/** Orders that answers so, and notes what it is asked for. */
function answering(status: number, body: unknown): Orders & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    post: (path) => {
      asked.push(path);
      return Promise.resolve({ status, body });
    },
  };
}
const fulfilment = (task: object) => fulfilmentTaskSchema.parse({ orderId: ORDER, ...task });

describe('a step of a workflow', () => {
  it('is done by orders, and gives what orders answered', async () => {
    const orders = answering(200, { orderId: ORDER, step: 'label', tracking: 'LT1', later: 'unknown' });

    expect(await fulfilmentStep(fulfilment({ step: 'label' }), orders)).toEqual({
      orderId: ORDER,
      step: 'label',
      tracking: 'LT1',
      checks: 1,
    });
    expect(orders.asked).toEqual([`/orders/internal/fulfilments/${ORDER}/label`]);
  });

  it('counts the looks at an approval', async () => {
    const orders = answering(200, { orderId: ORDER, step: 'approval', decision: 'pending' });

    const { decision, checks } = await fulfilmentStep(fulfilment({ step: 'approval', checks: 7 }), orders);

    expect({ decision, checks }).toEqual({ decision: 'pending', checks: 8 });
  });

  it('is asked of the refund, where it is about money', async () => {
    const orders = answering(200, { refundId: REFUND, step: 'pay', status: 'requested' });

    const { status } = await refundStep(refundTaskSchema.parse({ step: 'pay', refundId: REFUND }), orders);

    expect(status).toBe('requested');
    expect(orders.asked).toEqual([`/orders/internal/refunds/${REFUND}/pay`]);
  });

  it.each([
    [409, { detail: 'it is delivered' }, 'StepRefusedError'],
    [404, undefined, 'StepRefusedError'],
    [500, { detail: 'something broke' }, 'StepFailedError'],
    [200, { unlike: 'an answer' }, 'StepFailedError'],
    [503, { detail: 'overloaded' }, 'ServiceUnavailableError'],
    [502, undefined, 'ServiceUnavailableError'],
    [429, undefined, 'ServiceUnavailableError'],
  ])('fails at a %i by a name that the state machines know', async (status, body, name) => {
    await expect(fulfilmentStep(fulfilment({ step: 'pick' }), answering(status, body))).rejects.toMatchObject({ name });
  });

  it('fails as an outage where orders does not answer', async () => {
    const orders = { post: () => Promise.reject(new ServiceUnavailableError('orders', 'no answer')) };

    await expect(fulfilmentStep(fulfilment({ step: 'pick' }), orders)).rejects.toThrow(ServiceUnavailableError);
  });

  it('takes no other event', () => {
    expect(() => fulfilment({ step: 'throw-away' })).toThrow('step');
    expect(() => refundTaskSchema.parse({ step: 'pay', refundId: '../../secrets' })).toThrow('refundId');
  });
});
