import { type Clock, systemClock } from '@lethe/kernel';
import { InspectorError } from '../sessions.errors.js';
import { isRecord } from '../web/is-record.js';
import { cookieEnd } from '../web/web-cookie.js';
import { toWebSession } from '../web/web-session.js';
import { Inspector } from './inspector.js';

export interface RunningProcess {
  /** A Node.js process of this machine and of the same user. */
  readonly pid: number;
  /** Of its inspector. @default 9229, where Node.js opens it unless told otherwise */
  readonly port?: number;
  readonly clock?: Clock;
}

/** Run there: all objects that express-session's MemoryStore is the class of are found by its prototype. */
const PROTOTYPE = `process.getBuiltinModule('module')
  .createRequire(process.getBuiltinModule('path').resolve(process.argv[1] ?? 'index.js'))('express-session')
  .MemoryStore.prototype`;
/** Run there with the stores found: the JSON text of each session by its id. */
const SESSIONS = `function () {
  return JSON.stringify(Object.assign({}, ...this.map((store) => store.sessions ?? {})));
}`;
/** Run there when all is done: an open inspector lets every user of the machine in. */
const CLOSE = `setImmediate(() => process.getBuiltinModule('inspector').close())`;

/**
 * The living sessions of every MemoryStore in another process, as lines of JSON for `importSessions`: for an application
 * that runs and knows nothing of this. It goes on as it is, stopped for as long as its heap is searched. What changes
 * after that is not in the lines; a process that can load this library is better moved by `takeOver`.
 *
 * The lines hold session ids: whoever has them is signed in as everybody. Not on Windows, which has no SIGUSR1. Throws
 * an InspectorError where the process cannot be asked.
 */
export async function* exportRunning({
  pid,
  port = 9229,
  clock = systemClock,
}: RunningProcess): AsyncGenerator<string> {
  const inspector = await Inspector.of(pid, port);
  try {
    await requirePid(inspector, pid, port);
    for (const [sid, json] of Object.entries(await sessionsIn(inspector))) {
      const session = toWebSession(parsed(json));
      if ((cookieEnd(session.cookie) ?? Infinity) > clock.now()) yield `${JSON.stringify({ sid, session })}\n`;
    }
    await inspector.call('Runtime.evaluate', { expression: CLOSE });
  } finally {
    inspector.close();
  }
}

/** Another process may have had the port first. */
async function requirePid(inspector: Inspector, pid: number, port: number): Promise<void> {
  const { result } = await inspector.call('Runtime.evaluate', { expression: 'process.pid', returnByValue: true });
  const found = isRecord(result) ? result['value'] : undefined;
  if (found !== pid) throw new InspectorError(`port ${port} leads to process ${String(found)}, not to ${pid}`);
}

async function sessionsIn(inspector: Inspector): Promise<Record<string, unknown>> {
  const { result } = await inspector.call('Runtime.evaluate', { expression: PROTOTYPE });
  const { objects } = await inspector.call('Runtime.queryObjects', { prototypeObjectId: objectId(result) });
  const call = { objectId: objectId(objects), functionDeclaration: SESSIONS, returnByValue: true };
  const { result: text } = await inspector.call('Runtime.callFunctionOn', call);
  const sessions: unknown = isRecord(text) && typeof text['value'] === 'string' ? JSON.parse(text['value']) : undefined;
  if (!isRecord(sessions)) throw new InspectorError('the process has no session store of express-session');
  return sessions;
}

function objectId(object: unknown): unknown {
  return isRecord(object) ? object['objectId'] : undefined;
}

function parsed(json: unknown): object {
  const session: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
  if (!isRecord(session)) throw new InspectorError('a session there is none of MemoryStore');
  return session;
}
