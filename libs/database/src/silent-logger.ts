import { AbstractLogger } from 'typeorm';

/** TypeORM prints failed migrations whatever `logging` says; they reach the caller as errors, once. */
export class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {}
}
