import { InvalidArgumentError } from 'commander';
import { messageOf } from '../ground/errors.ts';
import { parseWaitMs } from '../ground/time.ts';
import type { KeepRecords } from '../journal/run-command.ts';

export const STRICT = 'refuse keys of a containerlab file that would be ignored';
// biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written in files
export const VARIABLE = 'a value for ${NAME} in the files; without =VALUE the value from the environment';
export const IMAGE = 'an image that nodes run instead of the one that the topology names';
export const HOST_BINDS = 'accept binds that give a node power over this machine, such as / or a socket';

/** Of an option that may be given more than once. */
export function oneMore(word: string, words: string[] = []): string[] {
  return [...words, word];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be a whole number.');
  return Number(text);
}

export function keepRecords(text: string): KeepRecords {
  if (text === 'all' || text === 'failed') return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be all, failed, or a whole number.');
  return Number(text);
}

export function duration(text: string): number {
  try {
    return parseWaitMs(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}
