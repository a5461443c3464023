import { hostname, networkInterfaces } from 'node:os';
import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AnswersText } from '@usermgmt/service-kit/accept.guard';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { FaultGuard } from '../faults/fault.guard.js';

const xrayStatusSchema = z
  .object({ applicationname: z.string(), appversion: z.string(), message: z.string() })
  .meta({ id: 'XrayStatus' });

/** The answer of `GET /xray`. */
export type XrayStatus = z.infer<typeof xrayStatusSchema>;

/** The status pages of the original, which other programs read. */
@ApiTags('status')
@UseGuards(FaultGuard)
@Controller()
export class StatusController {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'APP_VERSION'>) {}

  @Get('health-status')
  @AnswersText()
  @ApiOperation({ summary: 'That the service runs, and its version' })
  @ApiOkResponse({ description: 'Runs', content: text('Notification Service is UP and Running - V1') })
  healthStatus(): string {
    return `Notification Service is UP and Running - ${this.config.APP_VERSION}`;
  }

  @Get('info')
  @AnswersText()
  @ApiOperation({ summary: 'Which instance answers: address, host name, version' })
  @ApiOkResponse({
    description: 'Three lines',
    content: text(
      'Notification Service IP Address: 10.0.1.7\nHostname: notification-0\nApplication Version: V1',
    ),
  })
  info(): string {
    return [
      `Notification Service IP Address: ${ownAddress()}`,
      `Hostname: ${hostname()}`,
      `Application Version: ${this.config.APP_VERSION}`,
    ].join('\n');
  }

  @Get('xray')
  @ApiOperation({ summary: 'The version, as JSON' })
  @ApiOkResponse({ description: 'Runs', standardSchema: xrayStatusSchema })
  xray(): XrayStatus {
    return {
      applicationname: 'Notification Microservice',
      appversion: this.config.APP_VERSION,
      message: 'Enabled AWS XRay',
    };
  }
}

function text(example: string): Record<string, object> {
  return { 'text/plain': { schema: { type: 'string' }, example } };
}

/** The first address of this machine or pod that others can reach; loopback if it has none. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const reachable = addresses.filter(({ internal }) => !internal);
  return (reachable.find(({ family }) => family === 'IPv4') ?? reachable[0])?.address ?? '127.0.0.1';
}
