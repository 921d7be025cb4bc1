import { type Clicks, type EventsAccepted } from '@lethe/contracts';
import { systemClock } from '@lethe/kernel';
import { StreamProducer } from '@lethe/streaming';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ClicksUnavailableError } from '../analytics.errors.js';
import { judgeClicks } from './judge-clicks.js';
import { Pseudonyms } from '../pseudonym/pseudonyms.js';

/** Puts the good ones of the events into the stream. Throws a ClicksUnavailableError unless Kinesis took them all. */
export class AcceptClicks extends Command<EventsAccepted> {
  constructor(readonly events: readonly unknown[]) {
    super();
  }
}

@CommandHandler(AcceptClicks)
export class AcceptClicksHandler implements ICommandHandler<AcceptClicks> {
  constructor(
    private readonly producer: StreamProducer<typeof Clicks>,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  async execute({ events }: AcceptClicks): Promise<EventsAccepted> {
    const { accepted, rejected, errors } = judgeClicks(events, systemClock.now());
    const outcomes = await Promise.allSettled(
      accepted.map((click) => this.producer.put({ ...click, sessionId: this.pseudonyms.of(click.sessionId) })),
    );
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failures.length > 0) throw new ClicksUnavailableError(failures.length, failures[0]?.reason);
    return { accepted: accepted.length, rejected, errors: [...errors] };
  }
}
