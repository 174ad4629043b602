import { z } from 'zod';
import { duration } from '../../topology/duration.ts';

const HIGHEST_PORT = 65_535;

/** What every probe that speaks HTTP says of itself. */
export const httpOptions = {
  from: z.string().describe('the node whose users are played'),
  port: z.int().min(1).max(HIGHEST_PORT).default(80),
  late: duration
    .prefault('500ms')
    .refine((ms) => ms >= 10 && ms <= 60_000, 'allowed: 10ms to 60s')
    .describe('a later answer does not count as service; default: 500ms'),
  timeout: duration
    .prefault('5s')
    .refine((ms) => ms >= 100 && ms <= 60_000, 'allowed: 100ms to 60s')
    .describe('a request that waits longer has failed; default: 5s'),
};

/** A path that every request's own name is put behind. */
export const httpPath = z
  .string()
  .regex(/^\/[\w./-]*$/, 'a path such as /shop/: letters, digits, . _ - and /');

/** How often a request is sent, whatever became of the ones before. */
export const httpInterval = duration.refine((ms) => ms >= 5 && ms <= 10_000, 'allowed: 5ms to 10s');

/** Problem of options whose answers could be late only when they are not awaited any more; undefined when there is none. */
export function lateProblem({ late, timeout }: { late: number; timeout: number }): string | undefined {
  return late > timeout ? `no longer than the timeout, ${timeout} ms` : undefined;
}
