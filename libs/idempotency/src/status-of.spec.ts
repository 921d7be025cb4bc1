import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '@lethe/kernel';
import { NotFoundException } from '@nestjs/common';
import { statusOf } from './status-of.js';

describe('statusOf', () => {
  it.each([
    ['a problem', new ProblemError(422, 'declined'), 422],
    ['an exception of Nest', new NotFoundException(), 404],
    ['an error of Fastify', Object.assign(new Error('large'), { statusCode: 413 }), 413],
    ['any other error', new Error('broke'), 500],
    ['an error whose status is no failure', Object.assign(new Error('odd'), { statusCode: 200 }), 500],
    ['what is no error', 'broke', 500],
  ])('I7 I8: knows what %s stands for', (_, error, status) => {
    expect(statusOf(error)).toBe(status);
  });
});
