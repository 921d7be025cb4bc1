import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitOutcomeUnknownError, DatabaseUnavailableError } from '../src/database.errors.js';
import type { Database } from '../src/database.js';
import { statement } from '../src/statement.js';
import { DatabaseFixture } from './fixture.js';
import { FlakyProxy } from './flaky-proxy.js';

const INSERT = statement('spec.insert', 'INSERT INTO fact VALUES ($1)');
const ALL = statement('spec.all', 'SELECT id FROM fact');

describe('a network that falls silent', () => {
  let fixture: DatabaseFixture;
  let direct: Database;
  let proxy: FlakyProxy;
  let database: Database;

  beforeEach(async () => {
    fixture = await DatabaseFixture.create();
    direct = await fixture.open();
    await direct.dataSource.query('CREATE TABLE fact (id int)');
    proxy = await FlakyProxy.before(fixture.server.url);
    database = await fixture.open({ url: proxy.url, statementTimeoutMs: 100, poolSize: 1 });
  });
  afterEach(async () => {
    await proxy.close();
    await fixture.close();
  });

  it('R04: ends a statement, and gives up its connection', async () => {
    proxy.muteAfter('fact');

    const asking = database.query(ALL);

    await expect(asking).rejects.toMatchObject({ name: 'DatabaseUnavailableError', reason: 'timeout' });
    await expect(asking).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await database.ping();
  });

  it('leaves the outcome of a commit open, which may well have happened, and does not repeat the work', async () => {
    // The end of the text as the protocol sends it: BEGIN names the isolation level READ COMMITTED.
    proxy.muteAfter('COMMIT\0');
    let runs = 0;

    const writing = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(INSERT, [1]);
    });

    await expect(writing).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(runs).toBe(1);
    expect(await direct.query(ALL)).toEqual([{ id: 1 }]);
  });
});
