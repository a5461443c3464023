import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { ValidationError } from './app-error.js';

/** Validates every parameter that names a zod schema; a wrong one is a 400 that names each wrong field. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new ValidationError(
          issues.map(({ path, message }) => ({
            field:
              (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ||
              'body',
            message,
          })),
        ),
    });
  }
}
