import { startHttpServer } from './http-server.ts';
import { startReceiver } from './receiver.ts';
import { readSettings } from './settings.ts';

try {
  await run();
} catch (error) {
  process.stderr.write(`local-xray: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { host, port, segmentPort } = readSettings(process.env);
  const receiver = await startReceiver({ host, port: segmentPort }).catch(
    explain('UDP', segmentPort, 'XRAY_PORT'),
  );
  const http = await startHttpServer(receiver, { host, port }).catch(async (error: unknown) => {
    await receiver.stop();
    return explain('TCP', port, 'PORT')(error);
  });
  process.stdout.write(
    `local X-Ray shows ${http.url}/ and takes segments on ${host}:${receiver.port} (UDP)\n`,
  );

  // As process 1 of a container it would not stop without this: the kernel then has no default for SIGTERM.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void http.stop();
      void receiver.stop();
    });
  }
}

function explain(protocol: string, port: number, variable: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const hint = `choose another with ${variable}=…`;
    if (code === 'EADDRINUSE') {
      throw new Error(`${protocol} port ${port} is taken: stop what uses it, or ${hint}`);
    }
    if (code === 'EACCES') throw new Error(`${protocol} port ${port} may not be used: ${hint}`);
    throw error;
  };
}
