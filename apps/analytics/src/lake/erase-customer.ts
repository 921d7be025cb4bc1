import type { UserDeleted } from '@lethe/contracts';
import { Inbox } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Pseudonyms } from '../pseudonym/pseudonyms.js';
import { ADD_ERASURE, FORGET_IN_FACTS, LOCK_ERASURES } from './lake.sql.js';

/** Forgets a customer (S54): the facts at once, the lake with the next rounds of its keeping, the warehouse when next built. */
export class EraseCustomer extends Command<void> {
  constructor(readonly message: MessageOf<typeof UserDeleted>) {
    super();
  }
}

@CommandHandler(EraseCustomer)
export class EraseCustomerHandler implements ICommandHandler<EraseCustomer> {
  constructor(
    private readonly inbox: Inbox,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  async execute({ message }: EraseCustomer): Promise<void> {
    await this.inbox.once(message, async (tx) => {
      await tx.query(LOCK_ERASURES);
      await tx.query(ADD_ERASURE, [this.pseudonyms.of(message.data.userId)]);
      await tx.query(FORGET_IN_FACTS);
    });
  }
}
