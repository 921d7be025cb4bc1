import { describe, expect, it } from '@jest/globals';
import { patternOf, selectionOf } from './idempotent-route.js';

const post = { method: 'POST', headers: {} };

describe('patternOf', () => {
  it('I12: is the pattern and not the path, under Fastify and in a router of Express', () => {
    expect(patternOf({ ...post, routeOptions: { url: '/things/:id' } })).toBe('/things/:id');
    expect(patternOf({ ...post, baseUrl: '/api', route: { path: '/things/:id' } })).toBe('/api/things/:id');
  });
});

describe('selectionOf', () => {
  const request = { ...post, params: { id: '1' }, query: { kind: 'a', trace: 'x' } };

  it('I5: takes the parts of the path and all of the query, or what is selected of it', () => {
    expect(selectionOf(request, undefined)).toEqual({ params: { id: '1' }, query: { kind: 'a', trace: 'x' } });
    expect(selectionOf(request, ['kind'])).toEqual({ params: { id: '1' }, query: { kind: 'a' } });
    expect(selectionOf(post, undefined)).toEqual({ params: {}, query: {} });
  });
});
