import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { CommandHandlerNotFoundException, QueryHandlerNotFoundException } from '@nestjs/cqrs';
import { type Observable, catchError } from 'rxjs';
import { NotOfferedError } from './cognito.errors.js';

/** Answers 501 where a route asks for a command that the pool has no handler for. */
@Injectable()
export class NotOfferedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const missing =
          error instanceof CommandHandlerNotFoundException || error instanceof QueryHandlerNotFoundException;
        throw missing ? new NotOfferedError(context.getHandler().name) : error;
      }),
    );
  }
}
