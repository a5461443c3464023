import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersText } from '@usermgmt/service-kit/accept.guard';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';

const helloSchema = z.object({ message: z.string(), appversion: z.string() }).meta({ id: 'Hello' });

/** The texts by which the course sees that the service runs, and in which version. */
@ApiTags('status')
@Controller()
export class StatusController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get('health-status')
  @AnswersText()
  @ApiOperation({ summary: 'That it runs, with the version' })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  healthStatus(): string {
    return `User Management Service UP and RUNNING - ${this.config.APP_VERSION}`;
  }

  @Get('health/status')
  @AnswersText()
  @ApiOperation({ summary: 'OK' })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  status(): string {
    return 'OK';
  }

  @Get('hello')
  @AnswersText()
  @ApiOperation({ summary: 'A greeting with the version' })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  hello(): string {
    return `Hello World - ${this.config.APP_VERSION}`;
  }

  @Get('hello-bean')
  @ApiOperation({ summary: 'A greeting as JSON' })
  @ApiResponse({ status: 200, standardSchema: helloSchema })
  helloBean(): z.infer<typeof helloSchema> {
    return { message: 'Hello World Bean', appversion: this.config.APP_VERSION };
  }
}
