import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import { deferred } from '@lethe/testing';
import { SagaMissingError, SagaStepError } from '../src/outbox.errors.js';
import { defineSaga, timeout } from '../src/saga/define-saga.js';
import { Saga } from '../src/saga/saga.js';
import { SagaTable } from '../src/saga/saga-table.js';
import { UnitOfWork } from '../src/unit-of-work.js';
import { DoThing, FakePublisher, Happened, OutboxFixture, type Replica } from './fixture.js';

const placing = defineSaga({
  name: 'placing',
  initial: 'placed',
  transitions: {
    placed: ['paid', 'cancelled'],
    paid: ['packed', 'cancelled'],
    packed: ['sent'],
    sent: [],
    cancelled: [],
  },
  timeouts: {
    placed: timeout(DoThing, { data: ({ step }) => ({ n: step }), afterSeconds: (fired) => 60 * 2 ** fired }),
    paid: timeout(DoThing, { data: ({ step }) => ({ n: step }), afterSeconds: 3_600 }),
  },
});
type State = (typeof placing)['initial'];
interface Parcel {
  readonly weight: number;
}
interface Timer {
  readonly id: string;
  readonly n: number;
  readonly seconds: number;
}

const TIMERS = statement(
  'spec.timers',
  `SELECT id, (body::jsonb -> 'data' ->> 'n')::int AS n,
     round(extract(epoch FROM deliver_at - now()))::int AS seconds FROM outbox_scheduled WHERE key = $1 ORDER BY deliver_at`,
);
const ROW = statement('spec.row', 'SELECT state, step, reason, timer, fired, data FROM sagas WHERE id = $1');

describe('a saga', () => {
  let fixture: OutboxFixture;
  let replica: Replica;
  let table: SagaTable<State, Parcel>;
  const build = (of: Replica) => {
    const units = new UnitOfWork(of.database, of.outbox);
    return { units, saga: new Saga(placing, table, units, of.outbox) };
  };
  let saga: ReturnType<typeof build>['saga'];
  let units: ReturnType<typeof build>['units'];
  beforeAll(async () => {
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    replica = await fixture.replica(new FakePublisher());
    table = new SagaTable<State, Parcel>('placing');
    ({ saga, units } = build(replica));
    await units.run((unit) => table.begin(unit, saga, 'a', { weight: 1 }));
  });
  afterEach(() => fixture.clear());

  const message = () => ({ id: uuidv7() });
  const timers = () => fixture.operator.query<Timer>(TIMERS, ['a']);
  const row = async () => (await fixture.operator.query<Record<string, unknown>>(ROW, ['a']))[0];
  const pay = (received = message()) =>
    saga.onMessage(received, 'a', {
      placed: ({ become, emit }) => {
        become('paid');
        emit(Happened, { n: 1 }, { key: 'a' });
      },
    });

  it('begins once, in its first state, with the time-out of that state', async () => {
    expect(await row()).toMatchObject({ state: 'placed', step: 1, fired: 0, data: { weight: 1 } });
    expect(await timers()).toEqual([{ id: (await row())?.['timer'], n: 1, seconds: 60 }]);

    expect(await units.run((unit) => table.begin(unit, saga, 'a', { weight: 2 }))).toBe(false);

    expect(await row()).toMatchObject({ data: { weight: 1 } });
    expect(await timers()).toHaveLength(1);
  });

  it('R24: moves, says so and exchanges its time-out in one transaction', async () => {
    expect(await pay()).toEqual({ outcome: 'moved', from: 'placed', to: 'paid' });

    expect(await row()).toMatchObject({ state: 'paid', step: 2, fired: 0 });
    expect(await timers()).toEqual([{ id: (await row())?.['timer'], n: 2, seconds: 3_600 }]);
    expect(await fixture.unsent()).toHaveLength(1);
  });

  it('R24: leaves everything as it was where the step throws, and does it at the next delivery', async () => {
    const received = message();
    const before = [await row(), await timers()];

    const failing = saga.onMessage(received, 'a', {
      placed: ({ become, emit }) => {
        become('paid');
        emit(Happened, { n: 1 }, { key: 'a' });
        throw new Error('killed here');
      },
    });
    await expect(failing).rejects.toThrow('killed here');

    expect([await row(), await timers()]).toEqual(before);
    expect(await fixture.unsent()).toEqual([]);
    expect(await pay(received)).toMatchObject({ outcome: 'moved' });
  });

  it('R13: ignores a message that comes again, and says why', async () => {
    const received = message();
    const answers = await Promise.all([1, 2, 3].map(() => pay(received)));

    expect(answers).toEqual(
      expect.arrayContaining([
        { outcome: 'moved', from: 'placed', to: 'paid' },
        { outcome: 'ignored', reason: 'duplicate' },
        { outcome: 'ignored', reason: 'duplicate' },
      ]),
    );
    expect(await fixture.unsent()).toHaveLength(1);
  });

  it('ignores a message for a state that it is past, and says why', async () => {
    await pay();

    expect(await pay()).toEqual({ outcome: 'ignored', reason: 'late', state: 'paid' });
    await saga.onMessage(message(), 'a', { paid: ({ become }) => become('cancelled') });
    expect(await pay()).toEqual({ outcome: 'ignored', reason: 'late', state: 'cancelled' });
    expect(await timers()).toEqual([]);
    expect(await fixture.unsent()).toHaveLength(1);
  });

  it('takes a message for late where it also has a step to come, as compensation has', async () => {
    await pay();

    const answer = await saga.onMessage(message(), 'a', {
      placed: ({ become }) => become('paid'),
      cancelled: ({ emit }) => void emit(Happened, { n: 9 }, { key: 'a' }),
    });

    expect(answer).toEqual({ outcome: 'ignored', reason: 'late', state: 'paid' });
  });

  it('puts a message back that is for a state to come, and does its step when it returns', async () => {
    const early = message();
    const send = () => saga.onMessage(early, 'a', { paid: ({ become }) => become(['packed', 'sent'], 'by hand') });

    await expect(send()).rejects.toBeInstanceOf(RetryLater);
    await pay();

    expect(await send()).toEqual({ outcome: 'moved', from: 'paid', to: 'sent' });
    expect(await row()).toMatchObject({ state: 'sent', step: 4, reason: 'by hand', timer: null });
    expect(await timers()).toEqual([]);
  });

  it('refuses a step that the table does not allow, and rolls back', async () => {
    const untyped: { become: (to: 'paid', reason?: string) => void }[] = [];
    const steps = {
      placed: (step: (typeof untyped)[number]) => {
        step.become('paid');
        step.become('paid');
      },
    };

    await expect(saga.onMessage(message(), 'a', steps)).rejects.toBeInstanceOf(SagaStepError);
    expect(await row()).toMatchObject({ state: 'placed', step: 1 });
  });

  it('does not take a message for a saga that is not there for done', async () => {
    const answer = saga.onMessage(message(), 'b', { placed: ({ become }) => become('paid') });

    await expect(answer).rejects.toBeInstanceOf(SagaMissingError);
  });

  it('R24: sets a time-out that had its effect again, after a longer while, until the state changes', async () => {
    const waits: unknown[] = [];
    const fire = async () => {
      const [timer] = await timers();
      waits.push(timer?.seconds);
      return saga.onTimeout(
        message(),
        { id: 'a', step: timer?.n ?? 0 },
        {
          placed: ({ emit }) => void emit(Happened, { n: 1 }, { key: 'a' }),
        },
      );
    };

    for (let times = 0; times < 3; times += 1) {
      expect(await fire()).toEqual({ outcome: 'stayed', state: 'placed' });
    }

    expect(waits).toEqual([60, 120, 240]);
    expect(await timers()).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'placed', step: 1, fired: 3 });
    await pay();
    expect(await row()).toMatchObject({ state: 'paid', step: 2, fired: 0 });
  });

  it('R24: a time-out may end the saga', async () => {
    const answer = await saga.onTimeout(
      message(),
      { id: 'a', step: 1 },
      {
        placed: ({ become }) => become('cancelled', 'nobody paid'),
      },
    );

    expect(answer).toEqual({ outcome: 'moved', from: 'placed', to: 'cancelled' });
    expect(await row()).toMatchObject({ state: 'cancelled', reason: 'nobody paid', timer: null });
    expect(await timers()).toEqual([]);
  });

  it('R24: ignores the time-out of a step that it has left, though it was on its way already', async () => {
    await pay();

    const answer = await saga.onTimeout(
      message(),
      { id: 'a', step: 1 },
      {
        placed: ({ become }) => become('cancelled'),
        paid: ({ become }) => become('cancelled'),
      },
    );

    expect(answer).toEqual({ outcome: 'ignored', reason: 'late', state: 'paid' });
  });

  it('leaves a time-out alone where a step keeps the state', async () => {
    const before = await timers();

    const answer = await saga.onMessage(message(), 'a', { placed: () => undefined });

    expect(answer).toEqual({ outcome: 'stayed', state: 'placed' });
    expect((await timers())[0]?.id).toBe(before[0]?.id);
  });

  it('R24: sends a time-out again whose message was lost, by one replica, and no other', async () => {
    await fixture.operator.dataSource.query(`DELETE FROM outbox_scheduled`);
    expect(await saga.resendLost()).toBe(0);
    await fixture.operator.dataSource.query(`UPDATE sagas SET due_at = now() - interval '6 minutes'`);
    const others = await Promise.all([1, 2].map(() => fixture.replica(new FakePublisher())));

    const resent = await Promise.all([saga, ...others.map((other) => build(other).saga)].map((it) => it.resendLost()));

    expect(resent.toSorted((one, other) => one - other)).toEqual([0, 0, 1]);
    expect(await timers()).toMatchObject([{ n: 1, seconds: 0 }]);
    expect(await saga.resendLost()).toBe(0);
  });

  it('serves a person as it serves a message', async () => {
    const answer = await units.run(async (unit) => {
      const parcel = await table.lock(unit.tx, 'a');
      if (parcel === undefined) return undefined;
      await table.keep(unit.tx, 'a', { weight: 7 });
      return saga.advance(unit, parcel, { placed: ({ become }) => become('cancelled') });
    });

    expect(answer).toEqual({ outcome: 'moved', from: 'placed', to: 'cancelled' });
    expect(await row()).toMatchObject({ state: 'cancelled', data: { weight: 7 } });
  });

  it('R24: lets messages of one saga take turns: what is decided first holds', async () => {
    const [gate, began] = [deferred(), deferred()];
    const slow = saga.onMessage(message(), 'a', {
      placed: async ({ become }) => {
        began.resolve();
        await gate.promise;
        become('cancelled');
      },
    });
    await began.promise;
    const second = pay();

    gate.resolve();

    expect(await slow).toMatchObject({ to: 'cancelled' });
    expect(await second).toEqual({ outcome: 'ignored', reason: 'late', state: 'cancelled' });
  });
});
