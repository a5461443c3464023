/** What a program needs of the shell to run at all, and to find its files and language. */
const SYSTEM = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'TERM',
  'LD_LIBRARY_PATH',
];

/**
 * Variables of the shell that reach the services of `npm start` and `npm run dev`; README.md lists them. Any other
 * could send mails, traces or data elsewhere without a word: NOTIFICATION_TOKEN_FILE, AWS_PROFILE, HTTP_PROXY.
 */
export const SERVICE_VARIABLES = [
  'ACCESS_LOG_SAMPLE_RATE',
  'APP_VERSION',
  'AWS_MAIL_SERVER_FROM_ADDRESS',
  'CORS_ORIGINS',
  'LEGACY_WRITING_GETS',
  'LOG_LEVEL',
];

/** Variables of the shell that reach `npm run migrate`: they name the database. README.md lists them. */
export const MIGRATE_VARIABLES = [
  'DB_ADMIN_PASSWORD',
  'DB_ADMIN_PASSWORD_FILE',
  'DB_ADMIN_USERNAME',
  'DB_HOSTNAME',
  'DB_NAME',
  'DB_PASSWORD',
  'DB_PASSWORD_FILE',
  'DB_POOL_SIZE',
  'DB_PORT',
  'DB_SSL',
  'DB_SSL_CA',
  'DB_SSL_SERVERNAME',
  'DB_USERNAME',
  'LOG_LEVEL',
  'SQLITE_FILE',
];

/**
 * What is passed on of the caller's environment.
 *
 * @param {NodeJS.ProcessEnv} environment the caller's
 * @param {readonly string[]} names besides those that every program needs
 * @returns {NodeJS.ProcessEnv}
 */
export function passedOn(environment, names) {
  return Object.fromEntries(
    [...SYSTEM, ...names].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]],
    ),
  );
}
