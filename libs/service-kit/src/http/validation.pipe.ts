import { ProblemError } from '@lethe/kernel';
import { type ArgumentMetadata, type PipeTransform, Injectable } from '@nestjs/common';
import { faultsOf } from './issue-faults.js';
import { nulFaults } from './storable-texts.js';

/**
 * Checks a parameter against its schema (`@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`) and hands
 * on what the schema made of it; no text in it may hold U+0000. A body or query that breaks its schema is a 400 with JSON pointers; a path that does
 * cannot name anything, so it is a 404.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, type, data }: ArgumentMetadata): Promise<unknown> {
    if (!schema || type === 'custom') return value;
    const result = await schema['~standard'].validate(value);
    const member = data === undefined ? '' : `/${data}`;
    const root = type === 'body' ? member : `#${type === 'param' ? 'path' : type}${member}`;
    const errors = result.issues ? faultsOf(result.issues, root) : nulFaults(result.value, root);
    if (!result.issues && errors.length === 0) return result.value;
    if (type === 'param') throw new ProblemError(404, 'not-found', { errors });
    throw new ProblemError(400, 'invalid-request', { detail: `the ${type} is not as it should be`, errors });
  }
}
