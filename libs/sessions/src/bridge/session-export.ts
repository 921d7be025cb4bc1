import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from '@lethe/kernel';
import { SessionImportError } from '../sessions.errors.js';
import { isRecord } from '../web/is-record.js';
import { toWebSession } from '../web/web-session.js';
import { WebSessions, type WebSessionsOptions } from '../web/web-sessions.js';
import { OldPlace } from './old-place.js';
import { type OldStore } from './old-store.js';

/**
 * The living sessions of a store of express-session, a running process's MemoryStore for one, as lines of JSON. The
 * lines hold session ids: whoever has them is signed in as everybody. Throws an OldPlaceError where the store fails.
 */
export async function* exportSessions(store: OldStore, clock: Clock = systemClock): AsyncGenerator<string> {
  for await (const named of new OldPlace(store, clock).all()) yield `${JSON.stringify(named)}\n`;
}

/** What became of the sessions of an import. */
export interface ImportReport {
  readonly imported: number;
  /** Left alone: the new place knew them already, ended before, or they have expired since the export. */
  readonly skipped: number;
}

/**
 * Keeps exported sessions in a new place. It can be run again, and while sessions are in use: one that is there already
 * is left as it is. Throws a SessionImportError that names the line which is no exported session.
 */
export async function importSessions(
  lines: AsyncIterable<string | Uint8Array> | Iterable<string>,
  to: WebSessionsOptions,
): Promise<ImportReport> {
  const sessions = new WebSessions(to);
  let number = 0;
  let imported = 0;
  for await (const line of createInterface({ input: Readable.from(lines) })) {
    number += 1;
    const { sid, session } = readLine(line, number);
    if ((await sessions.find(sid)) !== undefined) continue;
    const adopted = await sessions.adopt(sid, session);
    if (adopted !== undefined && adopted !== 'ended') imported += 1;
  }
  return { imported, skipped: number - imported };
}

function readLine(line: string, number: number) {
  const named = parse(line, number);
  if (!isRecord(named) || typeof named['sid'] !== 'string' || !isRecord(named['session']))
    throw new SessionImportError(number);
  return { sid: named['sid'], session: toWebSession(named['session']) };
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Its message would repeat a part of the line.
    throw new SessionImportError(number);
  }
}
