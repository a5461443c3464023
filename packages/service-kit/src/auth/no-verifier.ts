import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EVERYBODY, type Principal } from './principal.js';
import { TokenVerifier } from './token-verifier.js';

/** AUTH_MODE=none: asks nobody for anything. */
@Injectable()
export class NoVerifier extends TokenVerifier implements OnApplicationBootstrap {
  onApplicationBootstrap(): void {
    new Logger('auth').warn('AUTH_MODE=none: whoever reaches this port can do everything');
  }

  verify(): Principal {
    return EVERYBODY;
  }
}
