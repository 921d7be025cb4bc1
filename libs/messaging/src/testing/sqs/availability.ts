import type { StoredMessage } from './stored-message.js';

/** Messages that a standard queue may hand out, those that have been visible longest first. */
export function visibleMessages(messages: Iterable<StoredMessage>, now: number): StoredMessage[] {
  return [...messages]
    .filter(({ visibleAt }) => visibleAt <= now)
    .sort((one, other) => one.visibleAt - other.visibleAt || one.sequence - other.sequence);
}

/**
 * Messages that a FIFO queue may hand out: of each group in order, and of a group none while another of its messages is
 * hidden. As many of one group as there is room for come before those of the next. Source: "FIFO queue and message group
 * ID terms" and "Exactly-once processing" of the SQS guide.
 */
export function orderedMessages(messages: Iterable<StoredMessage>, now: number): StoredMessage[] {
  const groups = new Map<string, StoredMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.groupId ?? '');
    if (group) group.push(message);
    else groups.set(message.groupId ?? '', [message]);
  }
  return [...groups.values()].flatMap((group) => (group.some(({ visibleAt }) => visibleAt > now) ? [] : group));
}
