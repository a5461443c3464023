import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A row of `refresh_tokens`: what is known of a refresh token; the token itself is kept by the client only. */
@Entity({ name: 'refresh_tokens' })
export class RefreshToken {
  /** SHA-256 of the token, in hex; the token is random, so nobody guesses it from this. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  hash: string;

  /** The login that it goes back to: each use replaces a token by another of the family. */
  @Index('refresh_tokens_family')
  @Column({ type: 'varchar', length: 36 })
  family: string;

  @Column({ name: 'username_key', type: 'varchar', length: 400 })
  usernameKey: string;

  @Column({ name: 'client_id', type: 'varchar', length: 100 })
  clientId: string;

  /** The user's at the time of the login. */
  @Column({ name: 'security_stamp', type: 'bigint' })
  securityStamp: number;

  /** The family's, in ms since 1970. */
  @Index('refresh_tokens_expires')
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt: number;

  /** When it was replaced; a use some seconds after that means that it was copied. */
  @Column({ name: 'used_at', type: 'bigint', nullable: true })
  usedAt: number | null;
}
