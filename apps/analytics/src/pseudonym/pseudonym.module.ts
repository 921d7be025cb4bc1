import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Pseudonyms } from './pseudonyms.js';

/** The service's pseudonyms, for whatever keeps ids of people. */
@Global()
@Module({})
export class PseudonymModule {
  static forRoot(salt: string): DynamicModule {
    const provider = { provide: Pseudonyms, useValue: new Pseudonyms(salt) };
    return { module: PseudonymModule, providers: [provider], exports: [Pseudonyms] };
  }
}
