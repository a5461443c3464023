import { AppError } from '@usermgmt/service-kit/app-error';

/** The original's messages, without the name or address in them: neither belongs into logs or error bodies. */
export class UserNotFoundError extends AppError {
  constructor() {
    super(404, 'USER_NOT_FOUND', "User with this user name doesn't exist!");
  }
}

export class UsernameTakenError extends AppError {
  constructor() {
    super(409, 'USERNAME_TAKEN', 'User with this user name already exists!');
  }
}

export class EmailTakenError extends AppError {
  constructor() {
    super(409, 'EMAIL_TAKEN', 'User with this email already exists!');
  }
}
