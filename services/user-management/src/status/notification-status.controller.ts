import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersText } from '@usermgmt/service-kit/accept.guard';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import { z } from 'zod';
import { type UserModel, userSchema } from '../users/user.schemas.js';
import { NotificationClient } from '../notification/notification.client.js';

const xraySchema = z
  .object({ applicationname: z.string(), appversion: z.string(), message: z.string() })
  .meta({ id: 'NotificationXray' });

/** The original's routes that show what notification says. */
@ApiTags('notification')
@ApiProblem(503, 'NOTIFICATION_UNAVAILABLE')
@Controller()
export class NotificationStatusController {
  constructor(private readonly notification: NotificationClient) {}

  @Get('notification-health-status')
  @AnswersText()
  @ApiOperation({ summary: "Notification's health text" })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  healthStatus(): Promise<string> {
    return this.notification.text('health-status');
  }

  @Get('notification-service-info')
  @AnswersText()
  @ApiOperation({ summary: "Notification's address, host name and version, three lines" })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  serviceInfo(): Promise<string> {
    return this.notification.text('info');
  }

  @Get('notification-xray')
  @ApiOperation({ summary: "Notification's name and version; the course's example of a call that is traced" })
  @ApiResponse({ status: 200, standardSchema: xraySchema })
  xray(): Promise<unknown> {
    return this.notification.json('xray');
  }

  @Get('ns-status')
  @ApiOperation({
    summary: "Notification's health text in the form of a user, as the original's pages show it",
  })
  @ApiResponse({ status: 200, standardSchema: userSchema, isArray: true })
  async nsStatus(): Promise<UserModel[]> {
    return [
      {
        username: 'Notification Service',
        email: null,
        role: null,
        enabled: false,
        firstname: null,
        lastname: null,
        appversion: await this.notification.text('health-status'),
      },
    ];
  }
}
