import { isMainThread } from 'node:worker_threads';

// Preloaded (`--import`) into every replica, whose own code need not know of it: the IPC channel closes when the
// scheduler dies, by SIGKILL too. The replica then drains as after any SIGTERM, and ends for good a little later.

const graceMs = Number(new URL(import.meta.url).searchParams.get('graceMs') ?? 5_000);

if (isMainThread && process.connected) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // Listening must not keep a replica alive that has nothing left to do.
  process.channel?.unref();
}
