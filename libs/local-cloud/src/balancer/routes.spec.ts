import { describe, expect, it } from '@jest/globals';
import { pathOf, serviceFor, type Route } from './routes.js';

const routes: Route[] = [
  { prefix: '/orders', service: 'orders' },
  { prefix: '/orders/archive', service: 'archive' },
  { prefix: '/carts', service: 'orders' },
];

describe('serviceFor', () => {
  it.each([
    ['/orders', 'orders'],
    ['/orders/1', 'orders'],
    ['/orders/archive/1', 'archive'],
    ['/orders/archived', 'orders'],
    ['/carts/me', 'orders'],
    ['/ordersx', undefined],
    ['/', undefined],
    ['//orders', undefined],
  ])('leads %s to %s', (path, service) => {
    expect(serviceFor(routes, path)).toBe(service);
  });
});

describe('pathOf', () => {
  it.each([
    ['/orders?limit=1', '/orders'],
    ['http://elsewhere.test/orders?x', '/orders'],
    ['*', undefined],
    ['', undefined],
  ])('reads %s as %s', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});
