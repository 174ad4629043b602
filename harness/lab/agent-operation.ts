import { z } from 'zod';

/** An operation by its arguments and what it answers. */
export const operation = <Args extends z.core.$ZodLooseShape, Result extends z.ZodType>(
  args: Args,
  result: Result,
) => ({
  args: z.object(args),
  result,
});
