import { describe, expect, it } from '@jest/globals';
import { ReconcilePayments, ordersService } from '@lethe/contracts';
import { nextTick } from '@lethe/schedules';
import { eventBridgeSchedule } from '@lethe/schedules/eventbridge';
import { ConfigError, parseConfig } from '@lethe/service-kit';
import { decodeEnvelope, readMessage } from '@lethe/topology';
import { configSchema } from './orders.config.js';
import { ordersSchedules, syncOrdersSchedules } from './orders.schedules.js';

const place = { region: 'eu-west-1', accountId: '000000000000', roleArn: 'arn:aws:iam::000000000000:role/scheduler' };

describe('the schedules of orders', () => {
  it('R29: reconcile once a day, at night', () => {
    const [reconcile] = ordersSchedules;
    const from = Date.parse('2026-11-23T12:00:00Z');
    const tick = reconcile && nextTick(reconcile.every, from);

    expect(ordersSchedules.map(({ name, command }) => [name, command.type])).toEqual([
      ['reconcile-payments', 'orders.reconcile-payments.v1'],
    ]);
    expect(new Date(tick ?? 0).toISOString()).toBe('2026-11-24T03:30:00.000Z');
  });

  it('R29: are read by the service as EventBridge sends them', () => {
    const [reconcile] = ordersSchedules;
    const input = reconcile && eventBridgeSchedule(reconcile, 'lethe', ordersService, place).Target?.Input;
    const body = (input ?? '').replaceAll('<aws.scheduler.scheduled-time>', '2026-11-24T03:30:00Z');

    const { source, data } = readMessage(ReconcilePayments, decodeEnvelope(body));

    expect(ordersService.sends.map(({ type }): string => type)).toContain(ReconcilePayments.type);
    expect({ source, data }).toEqual({ source: 'orders', data: { scheduledAt: '2026-11-24T03:30:00Z' } });
  });

  it('are not kept in EventBridge without the role that it sends in', async () => {
    const config = parseConfig(configSchema, {
      DATABASE_URL: 'postgres://localhost/orders',
      SERVICE_KEY: '{}',
      SERVICE_KEYS: '{}',
      SCHEDULES: 'eventbridge',
    });

    await expect(syncOrdersSchedules(config)).rejects.toBeInstanceOf(ConfigError);
  });
});
