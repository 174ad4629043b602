import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import { parseDurationMs, parseWaitMs } from '../ground/time.ts';

/** What hadrill waits for, in a file: `5ms`, `3s`, at most 24 hours; gives milliseconds. */
export const duration = read(parseWaitMs, 'a duration like 500ms, 3s or 2m, of at most 24 hours');

/** A time that daemons are given, which may be days: `30s`, `86400`; gives milliseconds. */
export const daemonTime = read(parseDurationMs, 'a duration like 500ms, 3s or 2m');

function read(parse: (text: string | number) => number, wanted: string) {
  return z.union([z.string(), z.number()]).transform((text, context): number => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.addIssue({ code: 'custom', message: wanted });
      return z.NEVER;
    }
  });
}
