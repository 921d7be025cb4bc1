import type { Problem, StoredMessage, SweepReport, Tally } from '@lethe/messaging/operations';
import { age } from './duration.js';
import { CommandFailed, table } from '../output.js';

/** Characters of a body that are shown. */
const SHOWN = 400;

/** Messages by type and reason. */
export function tallyTable(tallies: readonly Tally[], now: number): string {
  const rows = tallies.map(({ type, reason, count, oldestSentAt }) => [
    type ?? '-',
    reason,
    count,
    age(now - oldestSentAt),
  ]);
  return table(['type', 'reason', 'messages', 'oldest'], rows);
}

/** A message as a person reads it. */
export function messageText(message: StoredMessage, now: number): string {
  const { id, type, reason, receiveCount, sentAt, sqsMessageId, groupId, detail, handler, body } = message;
  const lines = [
    ['id', id ?? '-'],
    ['sqs id', sqsMessageId],
    ['group', groupId],
    ['why', detail],
    ['handler', handler],
    ['body', body.length > SHOWN ? `${body.slice(0, SHOWN)}… (${body.length} characters; --json shows all)` : body],
  ].flatMap(([name = '', value]) => (value === undefined ? [] : [`  ${name.padEnd(8)}${value}`]));
  return `${type ?? 'no type'}  ${reason}  ${receiveCount} ${receiveCount === 1 ? 'receive' : 'receives'}  ${age(now - sentAt)} old\n${lines.join('\n')}\n`;
}

/** What a machine reads of a message: its body as it is, without the receipt handle, which is of no use any more. */
export function messageDocument(message: StoredMessage): object {
  const texts = Object.entries(message.attributes).map(([name, { StringValue }]) => [name, StringValue ?? null]);
  return { ...message, attributes: Object.fromEntries(texts), receiptHandle: undefined, envelope: undefined };
}

/** Where the end of the queue was not reached, or a group was left, in words. */
export function remarks({ partial, heldGroups }: SweepReport): string {
  return [
    partial ? 'The end of the queue was not reached: run it again for the rest.\n' : '',
    heldGroups > 0 ? `${heldGroups} groups have a message that was left; those behind it were not looked at.\n` : '',
  ].join('');
}

/** Throws a {@link CommandFailed} that names what went wrong, if anything did. */
export function failOn(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new CommandFailed(problems.map(({ what, count }) => `${count} messages ${what}`).join('; '));
}
