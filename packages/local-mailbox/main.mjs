import mailbox from 'aws-ses-v2-local';

const { HOST = '127.0.0.1', PORT = '8005' } = process.env;

// The package comes as CommonJS: its default export is one level further down.
const server = await mailbox.default({ host: HOST, port: Number(PORT) });
process.stdout.write(`mailbox listens on ${HOST}:${PORT}\n`);

// As process 1 of a container it would not stop without this: the kernel then has no default for SIGTERM.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
