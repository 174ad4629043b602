import type { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';

/**
 * What a system noted of a trial; undefined where it noted nothing.
 * @throws InputError when that is not what it should be, with its place in the facts.
 */
export function systemFacts<Facts>(
  { systems }: Pick<TrialFacts, 'systems'>,
  name: string,
  shape: z.ZodType<Facts>,
): Facts | undefined {
  const noted = systems?.[name];
  if (noted === undefined) return undefined;
  const read = shape.safeParse(noted);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new InputError(
    `systems.${name}.${issue!.path.join('.')} in the facts of the trial: ${issue!.message}`,
  );
}
