import { describe, expect, it } from '@jest/globals';
import { FakeClock, deferred, recorder } from '@lethe/testing';
import { ReadinessRegistry } from './readiness.js';

describe('ReadinessRegistry', () => {
  it('is ready while every check passes', async () => {
    const registry = new ReadinessRegistry();
    registry.add('database', () => Promise.resolve());
    registry.add('keys', () => Promise.reject(new Error('password=x')));

    expect(await registry.check()).toEqual({ ready: false, checks: { database: 'ok', keys: 'failed' } });
  });

  it('asks its dependencies at most once a second', async () => {
    const clock = new FakeClock();
    const registry = new ReadinessRegistry(clock);
    const check = recorder(() => Promise.resolve());
    registry.add('database', check);

    await Promise.all([registry.check(), registry.check()]);
    clock.advance(999);
    await registry.check();
    expect(check.calls).toHaveLength(1);
    clock.advance(1);
    await registry.check();

    expect(check.calls).toHaveLength(2);
  });

  it('does not wait for a check that hangs', async () => {
    const registry = new ReadinessRegistry();
    registry.add('database', () => deferred().promise);

    expect(await registry.check()).toEqual({ ready: false, checks: { database: 'timeout' } });
  });
});
