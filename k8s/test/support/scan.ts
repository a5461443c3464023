import { once } from 'node:events';
import { connect } from 'node:net';

const CONNECTIONS = 8;
const BATCH = 100;
const STATUS = /HTTP\/1\.1 (\d)\d\d /g;
const STATUS_LENGTH = 'HTTP/1.1 404 '.length;

/**
 * Sends requests without bodies as scanners do, pipelined on kept-alive connections: many thousand a second.
 *
 * @param request gives the method and path of the n-th request
 * @returns how many answers there were of each class (`4` for 4xx)
 */
export async function scan(
  port: number,
  total: number,
  request: (index: number) => string,
): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  let next = 0;
  const batch = (): string[] => {
    const texts: string[] = [];
    while (texts.length < BATCH && next < total) {
      texts.push(`${request(next)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
      next += 1;
    }
    return texts;
  };
  const worker = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    await once(socket, 'connect');
    const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
    for (let texts = batch(); texts.length > 0; texts = batch()) {
      socket.write(texts.join(''));
      let open = texts.length;
      let tail = '';
      while (open > 0) {
        const { value: chunk } = await chunks.next();
        if (chunk === undefined) throw new Error('the server closed the connection');
        const text = tail + chunk;
        let end = 0;
        for (const { 1: statusClass = '', index } of text.matchAll(STATUS)) {
          answers[statusClass] = (answers[statusClass] ?? 0) + 1;
          open -= 1;
          end = index + STATUS_LENGTH;
        }
        // A status line may be cut in two; a whole one is not to be counted again.
        tail = text.slice(Math.max(end, text.length - STATUS_LENGTH + 1));
      }
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return answers;
}
