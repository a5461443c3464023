import { type CanActivate, Injectable } from '@nestjs/common';
import { TokenIssuer } from './token-issuer.js';

/** Answers 404 unless AUTH_MODE is local: elsewhere this service issues no tokens. */
@Injectable()
export class LocalOnlyGuard implements CanActivate {
  constructor(private readonly issuer: TokenIssuer) {}

  canActivate(): boolean {
    return this.issuer.published.keys.length > 0;
  }
}
