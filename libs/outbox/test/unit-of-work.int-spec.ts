import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statement } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { MessageFormatError } from '@lethe/topology';
import { recorder } from '@lethe/testing';
import { NestedUnitOfWorkError, UnitOfWorkEndedError } from '../src/outbox.errors.js';
import { type Unit, UnitOfWork } from '../src/unit-of-work.js';
import { FakePublisher, Happened, OutboxFixture, type Replica, type shop } from './fixture.js';

const BROKEN = statement('test.broken', 'SELECT 1 / 0');
const MAKE = statement('spec.make', 'INSERT INTO thing (id, n) VALUES ($1, 0)');
const THINGS = statement('spec.things', 'SELECT id FROM thing ORDER BY id');
const SCHEDULED = statement('spec.scheduled', 'SELECT id FROM outbox_scheduled ORDER BY id');
const CONFLICT = statement('spec.conflict', `DO $$ BEGIN RAISE 'no' USING ERRCODE = '40001'; END $$`);

describe('UnitOfWork', () => {
  let fixture: OutboxFixture;
  let replica: Replica;
  let units: UnitOfWork<typeof shop>;
  beforeAll(async () => {
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    replica = await fixture.replica(new FakePublisher());
    units = new UnitOfWork(replica.database, replica.outbox);
  });
  afterEach(() => fixture.clear());

  const everything = async () => ({
    things: (await fixture.operator.query<{ id: string }>(THINGS)).map(({ id }) => id),
    unsent: await fixture.unsent(),
    scheduled: (await fixture.operator.query<{ id: string }>(SCHEDULED)).map(({ id }) => id),
  });
  const inAnHour = () => Date.now() + 3_600_000;

  it('R15: commits a change with what it says, now and for later', async () => {
    const said = await units.run(async ({ tx, emit, schedule }) => {
      const now = emit(Happened, { n: 1 }, { key: 'a' });
      await tx.query(MAKE, ['a']);
      return [now, schedule(Happened, { n: 2 }, { key: 'a', deliverAt: inAnHour() })];
    });

    expect(await everything()).toEqual({ things: ['a'], unsent: [said[0]], scheduled: [said[1]] });
  });

  it('R15: leaves neither where the work throws', async () => {
    const running = units.run(async ({ tx, emit, schedule }) => {
      await tx.query(MAKE, ['a']);
      emit(Happened, { n: 1 }, { key: 'a' });
      schedule(Happened, { n: 2 }, { key: 'a', deliverAt: inAnHour() });
      throw new Error('no');
    });

    await expect(running).rejects.toThrow('no');
    expect(await everything()).toEqual({ things: [], unsent: [], scheduled: [] });
  });

  it('R15: leaves neither where a message breaks its schema, even if the work goes on', async () => {
    const running = units.run(async ({ tx, emit }) => {
      await tx.query(MAKE, ['a']);
      emit(Happened, { n: 0.5 }, { key: 'a' });
    });

    await expect(running).rejects.toBeInstanceOf(MessageFormatError);
    expect(await everything()).toEqual({ things: [], unsent: [], scheduled: [] });
  });

  it('R15: is part of a transaction that somebody else opened, and of its end', async () => {
    const within = (name: string, end: () => void) =>
      replica.database.transaction(async (tx) => {
        const said = await units.within(tx, async (unit) => {
          await unit.tx.query(MAKE, [name]);
          return unit.emit(Happened, { n: 1 }, { key: name });
        });
        end();
        return said;
      });
    const lost = within('a', () => {
      throw new Error('no');
    });

    await expect(lost).rejects.toThrow('no');
    const said = await within('b', () => undefined);

    expect(await everything()).toEqual({ things: ['b'], unsent: [said], scheduled: [] });
    const nested = units.run(({ tx }) => units.within(tx, () => Promise.resolve()));
    await expect(nested).rejects.toBeInstanceOf(NestedUnitOfWorkError);
  });

  it('R33: says everything once where the work has to run again', async () => {
    const runs = recorder<[string]>();

    const id = await units.run(async ({ tx, emit }) => {
      const said = emit(Happened, { n: 1 }, { key: 'a' });
      runs(said);
      if (runs.calls.length < 3) await tx.query(CONFLICT);
      return said;
    });

    expect(runs.calls).toHaveLength(3);
    expect((await everything()).unsent).toEqual([id]);
  });

  it('writes messages behind the lock of the aggregate, in the order of commits', async () => {
    const first = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    await fixture.operator.dataSource.query(`INSERT INTO thing VALUES ('a', 0)`);
    const LOCK = statement('spec.lock', `UPDATE thing SET n = n + 1 WHERE id = 'a'`);
    const holder = units.run(async ({ tx, emit }) => {
      await tx.query(LOCK);
      locked.resolve();
      await first.promise;
      return emit(Happened, { n: 1 }, { key: 'a' });
    });
    await locked.promise;
    // Says its message before it has the lock: where that wrote the row, the row would be the first in line.
    const waiter = units.run(async ({ tx, emit }) => {
      const id = emit(Happened, { n: 2 }, { key: 'a' });
      first.resolve();
      await tx.query(LOCK);
      return id;
    });

    expect(await fixture.unsent()).toEqual([]);
    const ids = [await holder, await waiter];
    expect(await fixture.unsent()).toEqual(ids);
  });

  it('refuses whatever is said after it has ended', async () => {
    let kept: Unit<typeof shop> | undefined;
    await units.run((unit) => {
      kept = unit;
      return Promise.resolve();
    });

    expect(() => kept?.emit(Happened, { n: 1 }, { key: 'a' })).toThrow(UnitOfWorkEndedError);
    expect(() => kept?.schedule(Happened, { n: 1 }, { key: 'a', deliverAt: 0 })).toThrow(UnitOfWorkEndedError);
    expect(() => kept?.drop(uuidv7())).toThrow(UnitOfWorkEndedError);
    await expect(kept?.cancel(uuidv7())).rejects.toBeInstanceOf(UnitOfWorkEndedError);
    expect((await everything()).unsent).toEqual([]);
  });

  it('refuses another inside, which would commit by itself, and none after', async () => {
    const nested = units.run(() => units.run(() => Promise.resolve()));

    await expect(nested).rejects.toBeInstanceOf(NestedUnitOfWorkError);
    expect(await units.run(() => units.once({ id: uuidv7() }, () => Promise.resolve()).catch(String))).toContain(
      'NestedUnitOfWorkError',
    );
    expect(await units.run(() => Promise.resolve(1))).toBe(1);
  });

  it('takes back what it said itself, and what was said before', async () => {
    const before = await units.run(({ schedule }) =>
      Promise.resolve(schedule(Happened, { n: 1 }, { key: 'a', deliverAt: inAnHour() })),
    );
    const dropped = await units.run(({ schedule }) =>
      Promise.resolve(schedule(Happened, { n: 1 }, { key: 'a', deliverAt: inAnHour() })),
    );

    const answers = await units.run(async ({ emit, schedule, cancel, drop }) => {
      drop(dropped);
      drop(schedule(Happened, { n: 3 }, { key: 'a', deliverAt: inAnHour() }));
      return [await cancel(emit(Happened, { n: 2 }, { key: 'a' })), await cancel(before), await cancel(uuidv7())];
    });

    expect(answers).toEqual([true, true, false]);
    expect(await everything()).toEqual({ things: [], unsent: [], scheduled: [] });
  });

  it('R13: does its work once per message, with what it says', async () => {
    const message = { id: uuidv7() };
    const work = ({ tx, emit }: Unit<typeof shop>) =>
      tx.query(MAKE, ['a']).then(() => emit(Happened, { n: 1 }, { key: 'a' }));

    const answers = await Promise.all([1, 2, 3].map(() => units.once(message, work)));

    expect(answers.filter((answer) => answer !== undefined)).toEqual((await everything()).unsent);
    expect((await everything()).things).toEqual(['a']);
  });

  it('R13 R14: takes several messages in one commit, each once, however they are delivered together', async () => {
    const [a, b, c] = [{ id: uuidv7() }, { id: uuidv7() }, { id: uuidv7() }];
    const nothing = () => Promise.resolve();
    const make = (messages: readonly { id: string }[]) =>
      units.onceEach(messages, nothing, async ({ tx }, fresh) => {
        for (const { id } of fresh) await tx.query(MAKE, [id]);
        return fresh;
      });
    const failing = units.onceEach([a, b], nothing, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');

    expect(await make([c, { id: a.id.toUpperCase() }, a, c])).toEqual([c, { id: a.id.toUpperCase() }]);
    const all = await Promise.all([make([a, b, c]), make([c, b, a]), make([b])]);

    expect(all.flat()).toEqual([b]);
  });

  it('looks beside the inbox, in the transaction of the work', async () => {
    const message = { id: uuidv7() };
    const found = await units.onceEach(
      [message],
      (tx) => tx.query<{ id: string }>(MAKE, ['looked']).then(() => 'seen'),
      (_, fresh, seen) => Promise.resolve([fresh, seen]),
    );
    const failing = units.onceEach(
      [message],
      (tx) => tx.query(MAKE, ['undone']),
      () => Promise.reject(new Error('no')),
    );

    expect(found).toEqual([[message], 'seen']);
    await expect(failing).rejects.toThrow('no');
    expect((await everything()).things).toEqual(['looked']);
  });

  it('R15: writes what needs no answer with the messages, or undoes all where it fails', async () => {
    await units.run(({ emit, write }) => {
      write(MAKE, ['written']);
      emit(Happened, { n: 1 }, { key: 'a' });
      return Promise.resolve();
    });
    const twice = units.run(({ emit, write }) => {
      write(MAKE, ['x']);
      write(BROKEN, []);
      emit(Happened, { n: 2 }, { key: 'a' });
      return Promise.resolve();
    });

    await expect(twice).rejects.toThrow('division by zero');
    expect(await everything()).toMatchObject({ things: ['written'], unsent: [expect.anything()] });
  });
});
