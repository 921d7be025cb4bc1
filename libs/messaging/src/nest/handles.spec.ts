import 'reflect-metadata';
import { type MessageOf, defineEvent, defineService } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import { SetMetadata } from '@nestjs/common';
import { z } from 'zod';
import { recordedOutcome } from '../handler-outcome.js';
import { Handles } from './handles.js';
import { UndeclaredMessageError } from '../messaging.errors.js';
import { SqsContext } from './sqs-context.js';

const spec = { owner: 'shop', version: 1, description: 'x', data: z.object({ n: z.int() }) } as const;
const Opened = defineEvent({ ...spec, name: 'opened' });
const Closed = defineEvent({ ...spec, name: 'closed' });
const shop = defineService({ name: 'shop', publishes: [Opened, Closed], handles: [Opened] });
const failure = new Error('no');

class ShopController {
  readonly greeted: number[] = [];
  @Handles(shop, Opened)
  @SetMetadata('kept', true)
  onOpened({ data }: MessageOf<typeof Opened>): void {
    if (data.n < 0) throw failure;
    this.greeted.push(data.n);
  }
}

const message = (n: number): MessageOf<typeof Opened> => ({
  id: 'i',
  type: Opened.type,
  source: 'shop',
  time: 't',
  subject: undefined,
  traceparent: undefined,
  actor: undefined,
  data: { n },
});
const contextOf = (n: number) =>
  new SqsContext({
    message: message(n),
    queue: 'q',
    sqsMessageId: 's',
    receiveCount: 1,
    signal: new AbortController().signal,
  });

type Method = (message: unknown, context: SqsContext) => Promise<unknown>;
const methodOf = (): Method => {
  const prototype: object = ShopController.prototype;
  return Reflect.get(prototype, 'onOpened') as Method;
};

describe('Handles', () => {
  it('leaves the method what it is to whoever calls it directly', () => {
    const controller = new ShopController();

    controller.onOpened(message(1));

    expect(controller.greeted).toEqual([1]);
    expect(() => controller.onOpened(message(-1))).toThrow(failure);
  });

  it('keeps the name of the method and the metadata of decorators below it', () => {
    const method = methodOf();

    expect(method.name).toBe('onOpened');
    expect(Reflect.getMetadata('kept', method)).toBe(true);
  });

  it('keeps the original outcome for the transport', async () => {
    const method = methodOf();
    const [well, badly] = [contextOf(1), contextOf(-1)];

    await method.call(new ShopController(), well.message, well);
    await expect(method.call(new ShopController(), badly.message, badly)).rejects.toMatchObject({ cause: failure });

    expect(recordedOutcome(well)).toEqual({ kind: 'done' });
    expect(recordedOutcome(badly)).toEqual({ kind: 'retry', error: failure });
  });

  it('refuses a message that the service does not handle, where the types were got round', () => {
    expect(() => Handles(shop, Closed as never)).toThrow(UndeclaredMessageError);
  });
});
