import type { Message } from '@lethe/topology';
import { defineSaga, timeout } from '../../src/saga/define-saga.js';
import type { Saga } from '../../src/saga/saga.js';
import type { SagaRow } from '../../src/saga/saga.store.js';
import { DoThing, Happened, type shop } from '../fixture.js';

/** What compiles and what does not: checked by the compiler, never run. */
const placing = defineSaga({
  name: 'placing',
  initial: 'placed',
  transitions: { placed: ['paid', 'cancelled'], paid: ['sent'], sent: [], cancelled: [] },
  // @ts-expect-error there is no such state
  timeouts: { lost: timeout(DoThing, { data: () => ({ n: 1 }), afterSeconds: 60 }) },
});
type State = (typeof placing)['initial'];

// @ts-expect-error a state that has no line
defineSaga({ name: 'x', initial: 'a', transitions: { a: ['b'] } });
// @ts-expect-error the first state is one of the table
defineSaga({ name: 'x', initial: 'z', transitions: { a: [] } });
// @ts-expect-error the data is that of the message
timeout(DoThing, { data: () => ({ n: 'one' }), afterSeconds: 60 });

export async function stepping(
  saga: Saga<State, (typeof placing)['transitions'], typeof shop, SagaRow<State>>,
  message: Message,
): Promise<void> {
  await saga.onMessage(message, 'a', {
    placed: ({ become, emit }) => {
      become('paid');
      become(['paid', 'sent']);
      emit(Happened, { n: 1 }, { key: 'a' });
      // @ts-expect-error nothing leads from placed to sent at once
      become('sent');
      // @ts-expect-error nothing leads from placed to sent at once
      become(['sent', 'paid']);
    },
    // @ts-expect-error there is no such state
    lost: () => undefined,
  });
}
