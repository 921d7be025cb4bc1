import { describe, expect, it } from '@jest/globals';
import { recorder } from '@lethe/testing';
import { applyOutcome } from './stored-response.js';

describe('applyOutcome', () => {
  const answer = (replayed: boolean) => {
    const [status, header] = [recorder<[number]>(), recorder<[string, string]>()];
    const response = { status: 202, headers: { location: '/orders/1' }, body: { id: '1' } };
    return { body: applyOutcome({ status, header }, { response, replayed }), status, header };
  };

  it('sets status and headers and gives the body', () => {
    const { body, status, header } = answer(false);

    expect(body).toEqual({ id: '1' });
    expect(status.calls).toEqual([[202]]);
    expect(header.calls).toEqual([['location', '/orders/1']]);
  });

  it('I4: says of a replay that it is one', () => {
    expect(answer(true).header.calls).toContainEqual(['idempotency-replayed', 'true']);
  });
});
