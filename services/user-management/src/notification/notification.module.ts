import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { TokenIssuer } from '../oauth/token-issuer.js';
import {
  FileNotificationToken,
  IssuedNotificationToken,
  NoNotificationToken,
  NotificationToken,
} from './notification-token.js';
import { NotificationClient } from './notification.client.js';

/** The other service, as this one sees it. */
@Module({
  providers: [
    NotificationClient,
    { provide: NotificationToken, inject: [CONFIG, TokenIssuer], useFactory: createToken },
  ],
  exports: [NotificationClient],
})
export class NotificationModule {}

function createToken(config: Config, issuer: TokenIssuer): NotificationToken {
  if (config.NOTIFICATION_TOKEN_FILE !== undefined) {
    return new FileNotificationToken(config.NOTIFICATION_TOKEN_FILE);
  }
  return config.AUTH_MODE === 'local' ? new IssuedNotificationToken(issuer) : new NoNotificationToken();
}
