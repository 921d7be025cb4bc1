/**
 * What must not compile. Each `@ts-expect-error` is itself an error once the line below it compiles: the typecheck of
 * this project is the test.
 */
import { type EmittedBy, type InputOf, type MessageOf, defineCommand, defineService } from '@lethe/topology';
import { EMPTY, type Observable } from 'rxjs';
import { z } from 'zod';
import { Handles, Reject, RetryLater, type SqsClientProxy, type SqsContext } from '../../src/index.js';
import { Listen, Shouted, Whispered, receiver, sender } from '../store.fixture.js';

export class Compiles {
  @Handles(receiver, Shouted)
  async onShouted(message: MessageOf<typeof Shouted>, context: SqsContext): Promise<void> {
    const n: number = message.data.n;
    const type: 'sender.shouted.v1' = message.type;
    const count: number = context.receiveCount;
    await Promise.resolve([n, type, count]);
  }

  @Handles(receiver, Listen)
  onListen({ data }: MessageOf<typeof Listen>): RetryLater | Reject | undefined {
    return data.n > 1 ? new RetryLater(data.n) : new Reject('too few');
  }
}

export class DoesNot {
  // @ts-expect-error: the receiver does not declare that it handles Whispered
  @Handles(receiver, Whispered)
  handleUndeclared(_message: MessageOf<typeof Whispered>): void {}

  // @ts-expect-error: the sender handles nothing
  @Handles(sender, Shouted)
  handleForTheWrongService(_message: MessageOf<typeof Shouted>): void {}

  // @ts-expect-error: the method takes another message than it is declared for
  @Handles(receiver, Shouted)
  takeAnotherMessage(_message: MessageOf<typeof Listen>): void {}

  // @ts-expect-error: the method reads data that the message does not have
  @Handles(receiver, Shouted)
  takeOtherData(_message: { readonly data: { readonly name: string } }): void {}

  // @ts-expect-error: a handler's answer would go nowhere
  @Handles(receiver, Shouted)
  answer(_message: MessageOf<typeof Shouted>): string {
    return 'heard';
  }
}

const price = { owner: 'catalog', version: 1, description: '', data: z.object({ sku: z.string() }) } as const;
const Price = defineCommand({
  ...price,
  name: 'price',
  reply: z.object({ cents: z.int(), note: z.string().default('') }),
});
const Forget = defineCommand({ ...price, name: 'forget' });
const catalog = defineService({ name: 'catalog', handles: [Price, Forget] });

export class Answers {
  @Handles(catalog, Price)
  one({ data }: MessageOf<typeof Price>): { cents: number } {
    return { cents: data.sku.length };
  }

  @Handles(catalog, Price)
  async later(_message: MessageOf<typeof Price>): Promise<{ cents: number } | RetryLater | Reject> {
    return Promise.resolve(new RetryLater(1));
  }

  @Handles(catalog, Price)
  many(_message: MessageOf<typeof Price>): Observable<{ cents: number; note: string }> {
    return EMPTY;
  }

  @Handles(catalog, Forget)
  none(_message: MessageOf<typeof Forget>): void {}
}

export class AnswersNot {
  // @ts-expect-error: a request is answered
  @Handles(catalog, Price)
  nothing(_message: MessageOf<typeof Price>): void {}

  // @ts-expect-error: with what its definition says
  @Handles(catalog, Price)
  other(_message: MessageOf<typeof Price>): { amount: number } {
    return { amount: 1 };
  }

  // @ts-expect-error: so is each of a stream
  @Handles(catalog, Price)
  others(_message: MessageOf<typeof Price>): Observable<{ amount: number }> {
    return EMPTY;
  }
}

/** As a client asks. */
export function asks(client: SqsClientProxy): Observable<{ cents: number; note: string }> {
  // @ts-expect-error: data of the wrong shape
  client.request(Price, { sku: 1 });
  // @ts-expect-error: a command without a reply is emitted
  client.request(Forget, { sku: 'a' });
  return client.request(Price, { sku: 'a' });
}

/** As the outbox takes messages: only those that its service emits. */
declare function add<D extends EmittedBy<typeof sender>>(definition: D, data: InputOf<D>): void;

export function emits(): void {
  add(Shouted, { n: 1 });
  add(Listen, { n: 1 });
  // @ts-expect-error: data of the wrong shape
  add(Shouted, { n: 'one' });
  // @ts-expect-error: an event that nobody declared
  add({ ...Shouted, type: 'sender.unheard.v1' }, { n: 1 });
}
