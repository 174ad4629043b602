import { constants } from 'node:os';
import { InputError } from '../ground/errors.ts';

/** Signals that end a process unless it handles them: what can be expected of them. */
const DEADLY: ReadonlySet<string> = new Set([
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGSEGV',
]);
/** Signals that no process can refuse to be stopped by, or would want to. */
const STOPPING: ReadonlySet<string> = new Set(['SIGSTOP', 'SIGTSTP']);
/** The kernel's letter for a stopped process (proc(5)). */
export const STOPPED = 'T';

/** @throws InputError when there is no such signal; `term`, `TERM` and `SIGTERM` are the same. */
export function signalName(text: string): string {
  const name = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`;
  if (name in constants.signals) return name;
  throw new InputError(`'${text}' is not a signal; signals are ${Object.keys(constants.signals).join(', ')}`);
}

/** @throws InputError when there is no such signal, or it is not one that ends a process. */
export function endingSignal(text: string): string {
  const name = signalName(text);
  if (isDeadly(name)) return name;
  throw new InputError(`${name} does not end a process; these do: ${[...DEADLY].join(', ')}`);
}

export function isDeadly(signal: string): boolean {
  return DEADLY.has(signal);
}

export function isStopping(signal: string): boolean {
  return STOPPING.has(signal);
}
