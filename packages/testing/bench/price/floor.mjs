/**
 * The floor: what the machine, Node and MySQL cost when nothing else is there.
 * The same rows, JSON and transactions as user-management, without a framework,
 * validation, tracing, metrics, logs, deadlines or a relay.
 *
 * JavaScript, because Node's type stripping would add 17 MB to its memory.
 */
import { argon2, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import mysql from 'mysql2';

const { DB_HOSTNAME: host, DB_PORT: port, DB_NAME: database, DB_USERNAME: user, PORT } = process.env;
const pool = mysql.createPool({ host, port, database, user, password: process.env.DB_PASSWORD });
const rows = promisify(pool.execute).bind(pool);
const hash = promisify(argon2);

const COLUMNS = 'username, email, role, enabled, firstname, lastname';
const ONE = `SELECT ${COLUMNS} FROM users WHERE username_key = ?`;
const PAGE = `SELECT ${COLUMNS} FROM users WHERE username_key > ? ORDER BY username_key LIMIT ?`;
const USER = `INSERT INTO users (${COLUMNS}, username_key, email_key, password) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const MAIL = `INSERT INTO outbox (id, payload, state, attempts, due_at, created_at) VALUES (?, ?, 'pending', 0, ?, ?)`;

const shown = (row, appversion) => ({ ...row, enabled: row.enabled === 1, appversion });

function answer(response, status, body) {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': length });
  response.end(text);
}

async function one(response, username) {
  const [row] = await rows(ONE, [username.toLowerCase()]);
  answer(response, row ? 200 : 404, row ? shown(row, null) : {});
}

async function page(response, limit) {
  const found = await rows(PAGE, ['', limit]);
  answer(
    response,
    200,
    found.map((row) => shown(row, 'V1')),
  );
}

async function everybody(response) {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  for (let after = '', mark = '['; ; mark = ',') {
    const found = await rows(PAGE, [after, '500']);
    if (found.length === 0) return response.end(after === '' ? '[]' : ']');
    const text = JSON.stringify(found.map((row) => shown(row, 'V1'))).slice(1, -1);
    if (!response.write(mark + text)) await new Promise((resolve) => response.once('drain', resolve));
    after = found.at(-1).username;
  }
}

async function create(request, response) {
  const { username, email, firstname, lastname, enabled, password } = await json(request);
  const nonce = randomBytes(16);
  const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
  const digest = await hash('argon2id', { ...cost, message: password, nonce });
  const phc = `$argon2id$v=19$m=19456,t=2,p=1$${nonce.toString('base64')}$${digest.toString('base64')}`;
  const row = { username, email, role: 'ROLE_USER', enabled: Number(enabled), firstname, lastname };
  const mail = { subject: 'Your account', content: `Hello ${firstname}`, toEmails: [email] };
  const connection = await pool.promise().getConnection();
  try {
    await connection.beginTransaction();
    await connection.execute(USER, [...Object.values(row), username.toLowerCase(), email.toLowerCase(), phc]);
    await connection.execute(MAIL, [randomUUID(), JSON.stringify(mail), Date.now(), Date.now()]);
    await connection.commit();
  } finally {
    connection.release();
  }
  answer(response, 201, shown(row, null));
}

function route(request, response) {
  const [path, query = ''] = request.url.split('?');
  if (request.method === 'POST') return create(request, response);
  if (path.startsWith('/usermgmt/user/')) return one(response, decodeURIComponent(path.slice(15)));
  return query.startsWith('limit=') ? page(response, query.slice(6)) : everybody(response);
}

createServer((request, response) => {
  route(request, response).catch((error) => answer(response, 500, { message: error.message }));
}).listen(PORT, '127.0.0.1');
