import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import type { JSONWebKeySet } from 'jose';
import { LocalOnlyGuard } from './local-only.guard.js';
import { jwksSchema, type TokenKey, tokenKeySchema } from './oauth.schemas.js';
import { TokenIssuer } from './token-issuer.js';

/** What others check this service's tokens with. */
@ApiTags('tokens')
@ApiProblem(404, 'NO_TOKENS_HERE')
@UseGuards(LocalOnlyGuard)
@Controller()
export class KeysController {
  constructor(private readonly issuer: TokenIssuer) {}

  @Get('oauth/token_key')
  @ApiOperation({ summary: 'The public key of the present signatures, in the form of the original' })
  @ApiResponse({ status: 200, standardSchema: tokenKeySchema })
  tokenKey(): TokenKey {
    const { algorithm, publicKey } = this.issuer.key;
    return {
      alg: algorithm === 'RS256' ? 'SHA256withRSA' : 'Ed25519',
      value: publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
    };
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'All public keys whose signatures count, as a JWKS (RFC 7517)' })
  @ApiResponse({ status: 200, standardSchema: jwksSchema })
  jwks(): JSONWebKeySet {
    return this.issuer.published;
  }
}
