import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Until the fabric runs nothing in the engine would notice that the harness is gone: this does. */
export interface StartGuard {
  /** The fabric runs, or everything has been removed: the guard is not needed any more. */
  release(): void;
}

/**
 * Starts a small process of its own session that waits for this one to end. If that happens before
 * `release`, SIGKILL included, it removes the containers of the run. It costs a shell's start; the program
 * that removes is started only when it is needed.
 */
export function guardStart(run_id: string): StartGuard {
  const here = fileURLToPath(import.meta.url);
  const remover = path.join(path.dirname(here), `remove-orphans${path.extname(here)}`);
  const script = 'read -r word && [ "$word" = released ] && exit 0; exec "$@"';
  const guard = spawn('/bin/sh', ['-c', script, 'hadrill-guard', process.execPath, remover, run_id], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A machine without a shell goes without this guard; the fabric's own comes a moment later.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return { release: () => guard.stdin.end('released\n') };
}
