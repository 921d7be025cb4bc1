import { describe, expect, it } from '@jest/globals';
import { type Mail } from '../mail/mail.js';
import { watchDeadLetters } from './watch-dead-letters.js';

/** A watch over queues with depths that a test sets; what it knows outlives a run. */
function watch() {
  const depths = new Map<string, number>();
  const raised = new Set<string>();
  const mails: Mail[] = [];
  let refuses = false;
  const run = () =>
    watchDeadLetters({
      depths: () => Promise.resolve([...depths].map(([queue, messages]) => ({ queue, messages }))),
      raised: {
        list: () => Promise.resolve(new Set(raised)),
        add: (queue) => Promise.resolve(void raised.add(queue)),
        remove: (queue) => Promise.resolve(void raised.delete(queue)),
      },
      mailer: {
        send: (mail) => (refuses ? Promise.reject(new Error('SES is away')) : Promise.resolve(void mails.push(mail))),
      },
      operators: 'ops@example.com',
    });
  return { depths, mails, run, refuse: (value: boolean) => (refuses = value) };
}

describe('the watch over dead-letter queues', () => {
  it('R20: tells the operators once when one begins to fill, and once when it is empty again', async () => {
    const { depths, mails, run } = watch();
    depths.set('orders-dlq', 0).set('catalog-dlq', 0);
    await run();
    expect(mails).toEqual([]);

    depths.set('orders-dlq', 1);
    await run();
    depths.set('orders-dlq', 7);
    await run();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ to: 'ops@example.com', subject: 'Dead letters in orders-dlq' });
    expect(mails[0]?.text).toContain('orders-dlq holds 1 message.');

    depths.set('orders-dlq', 0);
    await run();
    await run();
    expect(mails).toHaveLength(2);
    expect(mails[1]?.subject).toBe('No more dead letters in orders-dlq');
  });

  it('says in one mail what one look found', async () => {
    const { depths, mails, run } = watch();
    depths.set('a-dlq', 2);
    await run();
    depths.set('a-dlq', 0).set('b-dlq', 1).set('c-dlq', 3);
    await run();

    expect(mails[1]?.subject).toBe('Dead letters in b-dlq, c-dlq');
    expect(mails[1]?.text).toContain('c-dlq holds 3 messages.\na-dlq is empty again.');
  });

  it('tells it at the next run where the mail was not taken', async () => {
    const { depths, mails, run, refuse } = watch();
    depths.set('a-dlq', 1);
    refuse(true);
    await expect(run()).rejects.toThrow('SES is away');
    refuse(false);
    await run();

    expect(mails).toHaveLength(1);
  });
});
