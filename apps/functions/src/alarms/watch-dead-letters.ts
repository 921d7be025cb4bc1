import { logInfo } from '../log.js';
import { type Mail, escapeHtml } from '../mail/mail.js';

/** How many messages lie in a queue, roughly, as SQS says. */
export interface QueueDepth {
  readonly queue: string;
  readonly messages: number;
}

/** What the watch needs. */
export interface WatchParts {
  readonly depths: () => Promise<readonly QueueDepth[]>;
  /** The queues of which the operators were told, and not yet that they are empty again. */
  readonly raised: {
    list(queues: readonly string[]): Promise<ReadonlySet<string>>;
    add(queue: string): Promise<void>;
    remove(queue: string): Promise<void>;
  };
  readonly mailer: { send(mail: Mail): Promise<void> };
  readonly operators: string;
}

/**
 * Mails the operators of dead-letter queues that begin to fill, and of those that are empty again: one mail per run, and
 * none of what they know. Which queues those are is written down after the mail was taken; who dies in between tells them
 * again at the next run. Rejects where a queue, the notes or SES cannot be reached: the next run looks again.
 */
export async function watchDeadLetters({ depths, raised, mailer, operators }: WatchParts): Promise<void> {
  const now = await depths();
  const known = await raised.list(now.map(({ queue }) => queue));
  const filling = now.filter(({ queue, messages }) => messages > 0 && !known.has(queue));
  const emptied = now.filter(({ queue, messages }) => messages === 0 && known.has(queue));
  if (filling.length + emptied.length === 0) return;
  await mailer.send(alarmMail(operators, filling, emptied));
  await Promise.all([
    ...filling.map(({ queue }) => raised.add(queue)),
    ...emptied.map(({ queue }) => raised.remove(queue)),
  ]);
  logInfo('dead-letter-mail', {
    filling: filling.map(({ queue }) => queue),
    emptied: emptied.map(({ queue }) => queue),
  });
}

function alarmMail(to: string, filling: readonly QueueDepth[], emptied: readonly QueueDepth[]): Mail {
  const lines = [
    ...filling.map(({ queue, messages }) => `${queue} holds ${messages} message${messages === 1 ? '' : 's'}.`),
    ...emptied.map(({ queue }) => `${queue} is empty again.`),
  ];
  const subject =
    filling.length > 0
      ? `Dead letters in ${filling.map(({ queue }) => queue).join(', ')}`
      : `No more dead letters in ${emptied.map(({ queue }) => queue).join(', ')}`;
  const advice = 'Look with `lethe queues peek`, and after the cause is mended `lethe queues redrive`.';
  return {
    to,
    subject: subject.slice(0, 200),
    text: `${lines.join('\n')}\n\n${advice}\n`,
    html: `<!doctype html><html lang="en"><body><ul>${lines
      .map((line) => `<li>${escapeHtml(line)}</li>`)
      .join('')}</ul><p>${escapeHtml(advice)}</p></body></html>`,
  };
}
