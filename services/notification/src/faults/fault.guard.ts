import { type CanActivate, Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usermgmt/service-kit/app-error';
import { CONFIG, type Config } from '../config.js';

/**
 * Fails a share of the requests on purpose (FAULT_RATE), so that a canary's alarm and the way back can be tried out.
 * Probes are spared: what fails is the version, not the pod.
 */
@Injectable()
export class FaultGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'FAULT_RATE'>) {}

  canActivate(): boolean {
    // random() is below 1 always and never below 0: rates of 1 and 0 mean all and none.
    if (Math.random() < this.config.FAULT_RATE) {
      throw new AppError(500, 'FAULT_ON_PURPOSE', 'This instance fails on purpose: FAULT_RATE is set');
    }
    return true;
  }
}
