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

/** Nobody signs up here without an administrator; see SIGN_UP. */
export class SignUpClosedError extends AppError {
  constructor() {
    super(403, 'SIGN_UP_CLOSED', 'Users are made by administrators here');
  }
}

/** Who signs up gets ROLE_USER, and must not ask for more. */
export class RoleNotAllowedError extends AppError {
  constructor() {
    super(403, 'ROLE_NOT_ALLOWED', 'Only an administrator may give another role than ROLE_USER');
  }
}

/** A password is changed with the present one only. */
export class WrongPasswordError extends AppError {
  constructor() {
    super(403, 'WRONG_PASSWORD', 'The present password is another one');
  }
}

export class EmailTakenError extends AppError {
  constructor() {
    super(409, 'EMAIL_TAKEN', 'User with this email already exists!');
  }
}
