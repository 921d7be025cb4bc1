import { type Click, clickSchema } from '@lethe/contracts';
import type { ProblemFault } from '@lethe/kernel';

/** How far a visitor's clock may be ahead before its events are taken for nonsense, in milliseconds. */
export const MAX_AHEAD_MS = 24 * 3_600_000;

export interface JudgedClicks {
  readonly accepted: readonly Click[];
  readonly rejected: number;
  readonly errors: readonly ProblemFault[];
}

/** Judges each event on its own: a bad one does not cost the good ones. `now` in epoch milliseconds. */
export function judgeClicks(events: readonly unknown[], now: number): JudgedClicks {
  const accepted: Click[] = [];
  const errors: ProblemFault[] = [];
  events.forEach((event, at) => {
    const faults = faultsOf(event, now);
    if (Array.isArray(faults)) {
      errors.push(...faults.map(({ pointer, detail }) => ({ pointer: `/events/${at}${pointer}`, detail })));
    } else {
      accepted.push(faults);
    }
  });
  return { accepted, rejected: events.length - accepted.length, errors };
}

function faultsOf(event: unknown, now: number): Click | ProblemFault[] {
  const parsed = clickSchema.safeParse(event);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({ pointer: pointerOf(path), detail: message }));
  }
  const click = parsed.data;
  if (!isStorable(click)) return [{ pointer: '', detail: 'must not contain the character U+0000' }];
  if (Date.parse(click.at) > now + MAX_AHEAD_MS) return [{ pointer: '/at', detail: 'lies more than 24 h ahead' }];
  return click;
}

/** Postgres keeps any text but one with U+0000. */
export function isStorable({ id, sessionId }: Click): boolean {
  return !id.includes('\u0000') && !sessionId.includes('\u0000');
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
