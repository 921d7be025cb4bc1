import type { Handling, Report } from './run-schedule.js';

/** What a run breaks, in words; nothing where it keeps the law. */
export type Law = (report: Report) => string[];

/** Each message has been handled well, or is in the dead-letter queue; and the queue is empty. */
export const nothingIsLost: Law = ({ schedule, handlings, dead, left }) => {
  const done = new Set(handlings.filter(({ outcome }) => outcome === 'done').map(({ key }) => key));
  return [
    ...left.map((key) => `${key} is still in the queue`),
    ...schedule.messages
      .filter(({ key }) => !done.has(key) && !dead.has(key) && !left.includes(key))
      .map(({ key }) => `${key} is lost`),
  ];
};

/** A message is deleted only after it was handled well, or where the dead-letter queue has it. */
export const deletesFollowHandling: Law = ({ handlings, events, dead, schedule }) => {
  const name = schedule.fifo ? 'q.fifo' : 'q';
  return events
    .filter(({ what, resource }) => what === 'deleted' && resource === name)
    .filter(({ at, messageId }) => {
      const before = handlings.filter(({ messageId: id, endedAt }) => id === messageId && endedAt <= at);
      return !before.some(({ outcome, key }) => outcome === 'done' || dead.has(key));
    })
    .map(({ at, messageId }) => `${messageId} was deleted at ${at}, and not handled before`);
};

function overlap(one: Handling, other: Handling): boolean {
  return one.startedAt <= other.startedAt && other.startedAt < Math.min(one.endedAt, one.excusedAt);
}

function overlaps({ handlings }: Report, related: (one: Handling, other: Handling) => boolean): string[] {
  return handlings.flatMap((one, at) =>
    handlings
      .slice(at + 1)
      .filter((other) => related(one, other) && overlap(one, other))
      .map((other) => `${other.key} is handled at ${other.startedAt}, and ${one.key} since ${one.startedAt} still`),
  );
}

/**
 * One handler at a time for a message. One whose visibility was lost knows it by then: its signal has been aborted.
 * Messages that SQS itself handed out twice at once are left out.
 */
export const oneHandlerPerMessage: Law = (report) => {
  const twice = new Set(report.events.filter(({ detail }) => detail === 'duplicate').map(({ messageId }) => messageId));
  return overlaps(report, (one, other) => one.messageId === other.messageId && !twice.has(one.messageId));
};

/** Of a FIFO group one message at a time. */
export const oneHandlerPerGroup: Law = (report) =>
  report.schedule.fifo ? overlaps(report, (one, other) => one.group === other.group) : [];

/** The messages of a group are done in the order in which they were sent; those dead-lettered are left out. */
export const orderInGroups: Law = ({ schedule, handlings }) => {
  if (!schedule.fifo) return [];
  return ['a', 'b', 'c'].flatMap((group) => {
    const done = handlings.filter((handling) => handling.group === group && handling.outcome === 'done');
    const order = [...new Set(done.toSorted((one, other) => one.endedAt - other.endedAt).map(({ key }) => key))];
    const sent = schedule.messages.map(({ key }) => key).filter((key) => order.includes(key));
    return order.join() === sent.join() ? [] : [`group ${group} was handled as ${order.join()}`];
  });
};

export const laws = { nothingIsLost, deletesFollowHandling, oneHandlerPerMessage, oneHandlerPerGroup, orderInGroups };

/** Every law that a run breaks, with the first of its violations. */
export function broken(report: Report): string[] {
  return Object.entries(laws).flatMap(([name, law]) =>
    law(report)
      .slice(0, 1)
      .map((violation) => `${name}: ${violation}`),
  );
}
