import { type Contact, contactSchema, idSchema } from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { FindContact } from './find-contact.js';

/** For the functions that send mail alone, by their service token (S40). */
@ApiTags('internal')
@Controller('auth/internal/contacts')
@Services('functions')
export class ContactController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: contactSchema })
  find(@Param('id', { schema: idSchema }) id: string): Promise<Contact> {
    return this.queries.execute(new FindContact(id));
  }
}
