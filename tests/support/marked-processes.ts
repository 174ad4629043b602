import { readdirSync, readFileSync } from 'node:fs';

/** Name of the variable in the environment by which processes are found. */
export const MARK = 'HADRILL_TEST_MARK';

/**
 * Every process that has this mark in its environment, which children inherit: a command, and what it has left to
 * itself, its start guard among them.
 */
export function markedProcesses(mark: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && pid !== process.pid && environmentOf(pid).includes(`${MARK}=${mark}\0`)
      ? [pid]
      : [];
  });
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It has ended, or is another user's.
    return '';
  }
}

/** SIGKILL to each; who has ended already is passed over. */
export function killEach(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
