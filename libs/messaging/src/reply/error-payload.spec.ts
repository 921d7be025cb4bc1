import { describe, expect, it } from '@jest/globals';
import { RpcException } from '@nestjs/microservices';
import { presentableError } from './error-payload.js';

const internal = { status: 'error', message: 'Internal server error' };
const circular: { self?: unknown } = {};
circular.self = circular;

describe('presentableError', () => {
  it('tells what an RpcException or a filter says', () => {
    expect(presentableError(new RpcException({ code: 404 }))).toEqual({ code: 404 });
    expect(presentableError(new RpcException('not there'))).toEqual({ status: 'error', message: 'not there' });
    expect(presentableError({ status: 'error', message: 'x' })).toEqual({ status: 'error', message: 'x' });
  });

  it.each([
    ['an error', new TypeError('password=1')],
    ['nothing', undefined],
    ['null', null],
    ['a function', () => 1],
    ['what JSON cannot write', circular],
    ['a number too large for JSON', { n: 1n }],
    ['a novel', { text: 'x'.repeat(100_001) }],
  ])('S48: tells nothing of %s', (_, error) => {
    expect(presentableError(error)).toEqual(internal);
  });

  it('S48: leaves out stacks and errors within', () => {
    const told = presentableError({ message: 'x', stack: 'at secret.ts:1', cause: new Error('password=1') });

    expect(told).toEqual({ message: 'x', cause: internal });
  });
});
