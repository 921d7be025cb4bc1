import { Module } from '@nestjs/common';
import { ContactController } from './contact.controller.js';
import { FindContactHandler } from './find-contact.js';

/** Lets functions mail a user what was done for them, whoever keeps the accounts. */
@Module({ controllers: [ContactController], providers: [FindContactHandler] })
export class ContactModule {}
