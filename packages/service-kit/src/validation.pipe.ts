import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { ValidationError } from './app-error.js';

/** A body may hold any number of wrong entries; nobody reads so many, and the answer must not be larger than it. */
const MOST_ERRORS = 50;

/** Validates every parameter that names a zod schema; a wrong one is a 400 that names each wrong field. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new ValidationError(
          issues.slice(0, MOST_ERRORS).map(({ path, message }) => ({
            field:
              (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ||
              'body',
            message,
          })),
        ),
    });
  }
}
