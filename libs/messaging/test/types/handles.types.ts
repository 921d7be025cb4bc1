/**
 * What must not compile. Each `@ts-expect-error` is itself an error once the line below it compiles: the typecheck of
 * this project is the test.
 */
import type { EmittedBy, InputOf, MessageOf } from '@lethe/topology';
import { Handles, Reject, RetryLater, type SqsContext } from '../../src/index.js';
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
