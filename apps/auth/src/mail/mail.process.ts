import { SendCode, SendNotice, authService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import { type MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { MailCode } from './send-code.js';
import { MailNotice } from './send-notice.js';

/** Mail leaves here, apart from the requests that ask for it: they take as long whether there is an account or not (S26). */
@Controller()
export class MailProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(authService, SendCode)
  async onSendCode({ id, data }: MessageOf<typeof SendCode>): Promise<void> {
    await this.commands.execute(new MailCode(id, data.accountId, data.purpose));
  }

  @Handles(authService, SendNotice)
  async onSendNotice({ data }: MessageOf<typeof SendNotice>): Promise<void> {
    await this.commands.execute(new MailNotice(data.accountId, data.notice));
  }
}
