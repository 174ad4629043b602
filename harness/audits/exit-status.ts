import { constants } from 'node:os';

/** waitpid(2): the lowest seven bits are the signal, the next says that memory was dumped, the others are the exit code. */
const SIGNAL_BITS = 0x7f;
const CORE_BIT = 0x80;

/** The signal that ended a process, by its name; undefined where none did. */
export function deadlySignal(status: number): string | undefined {
  const number = status & SIGNAL_BITS;
  if (number === 0) return undefined;
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return known?.[0] ?? `signal ${number}`;
}

/** Whether the kernel wrote its memory to a file, or gave it to a program. */
export function dumpedCore(status: number): boolean {
  return (status & CORE_BIT) !== 0;
}

/** In words: `by SIGSEGV, with a core dump`, `with exit code 1`. */
export function describeStatus(status: number): string {
  const signal = deadlySignal(status);
  if (signal === undefined) return `with exit code ${(status >> 8) & 0xff}`;
  return `by ${signal}${dumpedCore(status) ? ', with a core dump' : ''}`;
}
