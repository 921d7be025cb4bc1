import { describe, expect, it } from '@jest/globals';
import { ProblemError, problemOfStatus } from './problem.js';

class OutOfStockError extends ProblemError {
  override readonly name = 'OutOfStockError';
}

describe('ProblemError', () => {
  it('writes itself as RFC 9457 asks', () => {
    const problem = new ProblemError(422, 'unknown-product', {
      detail: 'two products are unknown',
      errors: [{ pointer: '/items/0/productId', detail: 'unknown' }],
      extensions: { missing: 2 },
    });

    expect(problem.toDetails('/orders')).toEqual({
      type: 'urn:lethe:problem:unknown-product',
      title: 'Unprocessable content',
      status: 422,
      detail: 'two products are unknown',
      instance: '/orders',
      errors: [{ pointer: '/items/0/productId', detail: 'unknown' }],
      missing: 2,
    });
  });

  it('leaves out what it was not told', () => {
    expect(new ProblemError(404, 'not-found').toDetails()).toEqual({
      type: 'urn:lethe:problem:not-found',
      title: 'Not found',
      status: 404,
    });
  });

  it('lets no extension stand in for a member of the standard', () => {
    const problem = new ProblemError(409, 'in-flight', {
      extensions: { status: 200, type: 'about:blank', title: 'fine' },
    });

    expect(problem.toDetails()).toMatchObject({ type: 'urn:lethe:problem:in-flight', title: 'Conflict', status: 409 });
  });

  it('keeps its cause and its own name, and is an Error', () => {
    const cause = new Error('constraint');
    const error = new OutOfStockError(409, 'out-of-stock', { cause, headers: { 'retry-after': '1' } });

    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      name: 'OutOfStockError',
      cause,
      message: 'Conflict',
      headers: { 'retry-after': '1' },
    });
    expect('cause' in new ProblemError(404, 'not-found')).toBe(false);
  });
});

describe('problemOfStatus', () => {
  it('names the problem after its status', () => {
    expect(problemOfStatus(405, 'POST only').toDetails()).toEqual({
      type: 'urn:lethe:problem:method-not-allowed',
      title: 'Method not allowed',
      status: 405,
      detail: 'POST only',
    });
  });

  it('has a name for a status it never heard of', () => {
    expect(problemOfStatus(418).toDetails()).toMatchObject({ type: 'urn:lethe:problem:problem', status: 418 });
  });
});
