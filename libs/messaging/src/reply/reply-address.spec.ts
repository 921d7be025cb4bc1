import { describe, expect, it } from '@jest/globals';
import { defineService, defineTopology } from '@lethe/topology';
import { isReplyQueueOf, newReplyQueue } from './reply-address.js';

const shop = defineService({ name: 'shop' });
const topology = defineTopology('t', [shop]);

describe('isReplyQueueOf', () => {
  it('takes a queue that a client of the service has made', () => {
    expect(isReplyQueueOf(topology, 'shop', newReplyQueue('t', 'shop'))).toBe(true);
  });

  it.each([
    ['another topology', 'shop', newReplyQueue('u', 'shop')],
    ['another service', 'shop', newReplyQueue('t', 'mail')],
    ['a service that is none', 'mail', newReplyQueue('t', 'mail')],
    ['a queue of the topology', 'shop', 't-shop'],
    ['a name with more behind it', 'shop', `${newReplyQueue('t', 'shop')}-dlq`],
    ['a URL', 'shop', `https://example.org/1/${newReplyQueue('t', 'shop')}`],
    ['a FIFO queue', 'shop', `${newReplyQueue('t', 'shop')}.fifo`],
  ])('refuses %s', (_, service, queue) => {
    expect(isReplyQueueOf(topology, service, queue)).toBe(false);
  });
});
