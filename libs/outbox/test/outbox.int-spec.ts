import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { childTrace, formatTraceparent, isUuid, runAs, runInTrace, timeOfUuidv7 } from '@lethe/kernel';
import { statement } from '@lethe/database';
import { UndeclaredMessageError } from '@lethe/messaging';
import { MessageFormatError, type ServiceDefinition, decodeEnvelope, defineEvent } from '@lethe/topology';
import { z } from 'zod';
import { OutboxKeyError } from '../src/outbox.errors.js';
import { OUTBOX_COLUMNS } from '../src/outbox.sql.js';
import { Outbox } from '../src/outbox.js';
import { DoThing, FakePublisher, Happened, OutboxFixture, type Replica, shop } from './fixture.js';

const ROWS = statement('spec.rows', `SELECT ${OUTBOX_COLUMNS} FROM outbox ORDER BY seq`);

interface Row {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly body: string;
  readonly traceparent: string | null;
}

describe('Outbox', () => {
  let fixture: OutboxFixture;
  let replica: Replica;
  beforeAll(async () => {
    fixture = await OutboxFixture.create();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    replica = await fixture.replica(new FakePublisher());
  });
  afterEach(() => fixture.clear());
  const rows = (): Promise<Row[]> => fixture.operator.query<Row>(ROWS);

  it('writes a CloudEvents envelope under one id, with the key as subject and the trace of the work', async () => {
    const trace = childTrace();

    const id = await runInTrace(trace, () =>
      replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n: 1 }, { key: 'a' })),
    );

    const [row] = await rows();
    expect(row).toMatchObject({ id, key: 'a', type: 'shop.happened.v1', traceparent: formatTraceparent(trace) });
    expect(isUuid(id)).toBe(true);
    expect(decodeEnvelope(row?.body ?? '')).toMatchObject({
      id,
      source: 'shop',
      subject: 'a',
      traceparent: formatTraceparent(trace),
      time: new Date(timeOfUuidv7(id)).toISOString(),
      data: { n: 1 },
    });
  });

  it('S40: says on whose behalf: of whoever the work is for, else of the service itself', async () => {
    const user = { kind: 'user', id: 'u-1', issuer: 'https://store.example/auth' } as const;
    const add = (n: number) =>
      replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n }, { key: 'a' }));

    await runAs(user, () => runInTrace(childTrace(), () => add(1)));
    await add(2);

    expect((await rows()).map(({ body }) => decodeEnvelope(body).actor)).toEqual([
      'user:u-1@https://store.example/auth',
      'service:shop',
    ]);
  });

  it('leaves nothing where the transaction rolls back', async () => {
    const running = replica.database.transaction(async (tx) => {
      await replica.outbox.add(tx, Happened, { n: 1 }, { key: 'a' });
      throw new Error('no');
    });

    await expect(running).rejects.toThrow('no');
    expect(await rows()).toEqual([]);
  });

  it('keeps the order of rows that are written at once', async () => {
    const made = Array.from({ length: 50 }, (_, n) => replica.outbox.row(DoThing, { n }, { key: `k${n % 3}` }));

    await replica.database.transaction((tx) => replica.outbox.addAll(tx, made));

    expect((await rows()).map(({ id }) => id)).toEqual(made.map(([id]) => id));
  });

  it('writes nothing for no rows', async () => {
    await replica.database.transaction((tx) => replica.outbox.addAll(tx, []));

    expect(await rows()).toEqual([]);
  });

  it('gives the values of a row to a statement that writes the aggregate too', async () => {
    const PLACE = statement(
      'spec.place',
      `WITH placed AS (INSERT INTO thing (id, n) VALUES ($1, $2) RETURNING id)
       INSERT INTO outbox (${OUTBOX_COLUMNS}) SELECT $3::uuid, $4, $5, $6, $7 FROM placed`,
    );
    const row = replica.outbox.row(Happened, { n: 3 }, { key: 'a' });

    await replica.database.query(PLACE, ['a', 3, ...row]);

    expect(await rows()).toEqual([{ id: row[0], key: 'a', type: row[2], body: row[3], traceparent: null }]);
  });

  it('refuses data that breaks the schema', async () => {
    const running = replica.database.transaction((tx) => replica.outbox.add(tx, Happened, { n: 0.5 }, { key: 'a' }));

    await expect(running).rejects.toBeInstanceOf(MessageFormatError);
  });

  it('refuses a key that is no subject', () => {
    expect(() => replica.outbox.row(Happened, { n: 1 }, { key: '' })).toThrow(OutboxKeyError);
    expect(() => replica.outbox.row(Happened, { n: 1 }, { key: 'x'.repeat(257) })).toThrow(OutboxKeyError);
  });

  it('refuses at run time what the service does not declare', () => {
    const Foreign = defineEvent({
      owner: 'other',
      name: 'happened',
      version: 1,
      description: 'Of another service.',
      data: z.object({}),
    });
    const untyped = new Outbox<ServiceDefinition>(shop, replica.bell);

    expect(() => untyped.row(Foreign, {}, { key: 'a' })).toThrow(UndeclaredMessageError);
  });
});
