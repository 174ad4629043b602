import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Until the fabric runs nothing in the engine would notice that the harness is gone: this does. */
export interface StartGuard {
  /** Resolves when the guard stands by itself: what ends this process, its group, and all its children leaves it be. */
  ready: Promise<void>;
  /** The fabric runs, or everything has been removed: the guard is not needed any more. */
  release(): void;
}

/** A child of the shell's own, left behind by it, that waits for a word on descriptor 3 or for its end. */
const SCRIPT = '{ read -r word <&3 && [ "$word" = released ] && exit 0; exec "$@"; } &';

/**
 * Starts a small process of its own session that waits for this one to end. If that happens before
 * `release`, SIGKILL included, it removes the containers of the run. It is not a child of this process, so that what
 * ends this one and all its children does not end it. It costs a shell's start; the program that removes is started
 * only when it is needed.
 * @param env what it needs to find the engine, beside this process's environment.
 */
export function guardStart(run_id: string, env: Readonly<Record<string, string>> = {}): StartGuard {
  const here = fileURLToPath(import.meta.url);
  const remover = path.join(path.dirname(here), `remove-orphans${path.extname(here)}`);
  // Not standard input: Node closes its end of that as soon as the first shell has ended.
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'hadrill-guard', process.execPath, remover, run_id], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const line = guard.stdio[3] as Socket;
  // The first shell ends when it has left the second one behind. A machine without a shell goes without this guard; the
  // fabric's own comes a moment later.
  const ready = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error']) guard.once(event, () => resolve());
  });
  line.on('error', () => undefined);
  line.unref();
  return { ready, release: () => line.end('released\n') };
}
