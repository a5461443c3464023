import { parseArgs } from 'node:util';
import { runCommand, UsageError } from './commands/with-database.js';
import type { OutboxState } from './outbox/outbox-message.entity.js';
import { OutboxRepository } from './outbox/outbox.repository.js';

const USAGE = `Looks after mails that wait or could not be sent.
Usage: node dist/outbox.js list [--state pending|sent|dead] [--limit N]   one JSON object a line, oldest first
       node dist/outbox.js retry ID | --all                               dead mails are tried again
       node dist/outbox.js purge --state sent|dead                        deletes them`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function words() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        state: { type: 'string' },
        limit: { type: 'string', default: '100' },
        all: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

await runCommand(USAGE, async (database) => {
  const {
    positionals: [verb, id, ...rest],
    values: { state, limit, all },
  } = words();
  const messages = new OutboxRepository(database);
  if (rest.length > 0) throw new UsageError(`too many words: ${rest.join(' ')}`);
  switch (verb) {
    case 'list': {
      if (state !== undefined && !['pending', 'sent', 'dead'].includes(state)) {
        throw new UsageError('--state must be pending, sent or dead');
      }
      if (!/^[1-9]\d{0,5}$/.test(limit)) throw new UsageError('--limit must be a whole number from 1');
      for (const entry of await messages.list(state as OutboxState | undefined, Number(limit))) {
        const { createdAt, dueAt, ...others } = entry;
        say(JSON.stringify({ ...others, created: new Date(createdAt), due: new Date(dueAt) }));
      }
      return undefined;
    }
    case 'retry': {
      if ((id === undefined) === (all !== true)) throw new UsageError('retry needs an ID, or --all');
      const count = await messages.retry(id);
      if (id !== undefined && count === 0) throw new Error('there is no dead mail with this ID');
      say(`${count} will be tried again`);
      return { what: 'outbox retry' };
    }
    case 'purge': {
      if (state !== 'sent' && state !== 'dead')
        throw new UsageError('purge needs --state sent or --state dead');
      say(`${await messages.purge(state)} deleted`);
      return { what: `outbox purge --state ${state}` };
    }
    default:
      throw new UsageError(verb === undefined ? 'what is to be done?' : `there is no verb ${verb}`);
  }
});
