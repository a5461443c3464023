import { Body, Controller, Headers, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ValidationError } from '@usermgmt/service-kit/app-error';
import { TakesJson } from '@usermgmt/service-kit/body-limits';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import type { FastifyReply } from 'fastify';
import { FaultGuard } from '../faults/fault.guard.js';
import { type SendMail, sendMailSchema } from './mail.schemas.js';
import { MailService } from './mail.service.js';

const KEY_HEADER = 'Idempotency-Key';
const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** Takes mails over HTTP. */
@ApiTags('mail')
@UseGuards(FaultGuard)
@Controller()
export class MailController {
  constructor(private readonly mails: MailService) {}

  @Post('send')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a mail',
    description:
      'Answers once the mail server has accepted the mail. A 503 may be repeated after Retry-After, ' +
      'best with the same Idempotency-Key; a 4xx other than 409 is final.',
  })
  @ApiHeader({
    name: KEY_HEADER,
    description: 'Names this mail: a repetition with the same key is not sent again, as far as is remembered',
    required: false,
    schema: { type: 'string', pattern: KEY_PATTERN.source },
  })
  @ApiOkResponse({
    description: 'Accepted by the mail server; no body',
    headers: {
      'idempotency-replayed': {
        description: '`true` if an earlier request with this Idempotency-Key sent the mail',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  })
  @TakesJson({ maxKilobytes: 100 })
  @ApiProblem(409, 'IDEMPOTENCY_KEY_IN_USE')
  @ApiProblem(422, 'RECIPIENT_MALFORMED', 'RECIPIENT_REJECTED', 'MESSAGE_REJECTED', 'IDEMPOTENCY_KEY_REUSED')
  @ApiProblem(503, 'MAIL_THROTTLED', 'MAIL_UNAVAILABLE', 'MAIL_ADDRESS_NOT_VERIFIED')
  async send(
    @Body({ schema: sendMailSchema }) mail: SendMail,
    @Headers(KEY_HEADER) key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (key !== undefined && !KEY_PATTERN.test(key)) {
      throw new ValidationError([
        { field: KEY_HEADER, message: 'must have 1 to 255 visible ASCII characters, and come once' },
      ]);
    }
    if (await this.mails.send(mail, key)) void reply.header('idempotency-replayed', 'true');
  }
}
