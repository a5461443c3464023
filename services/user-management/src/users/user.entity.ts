import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A row of `users`. The key columns are made by user-key.ts; the rest is as the original stored it. */
@Entity({ name: 'users' })
export class User {
  @PrimaryColumn({ name: 'username_key', type: 'varchar', length: 400 })
  usernameKey: string;

  @Column({ type: 'varchar', length: 20 })
  username: string;

  /** A PHC string, or a BCrypt hash of the original. */
  @Column({ type: 'varchar', length: 255, select: false })
  password: string;

  @Index('users_email_key', { unique: true })
  @Column({ name: 'email_key', type: 'varchar', length: 768 })
  emailKey: string;

  @Column({ type: 'varchar', length: 255 })
  email: string;

  @Column({ type: 'varchar', length: 20 })
  firstname: string;

  @Column({ type: 'varchar', length: 20 })
  lastname: string;

  @Column({ type: 'varchar', length: 255 })
  role: string;

  @Column({ type: 'boolean' })
  enabled: boolean;

  /** Another random number after each change of password, role or enabled: tokens carry it, and end with it. */
  @Column({ name: 'security_stamp', type: 'bigint', default: 0, select: false })
  securityStamp: number;
}
