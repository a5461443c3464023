// Loaded into each local process before its own code: it stops the process when the one that started it
// is gone without having said so (killed, crashed), so that nothing is left over that holds a port.

const GRACE_MS = 25_000;

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
});

// The channel to the parent must not keep a process alive that has finished.
process.channel?.unref();
