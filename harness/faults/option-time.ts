import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';

/**
 * A time of an option: `20ms`, `1.5s`.
 * @returns ms.
 * @throws InputError unless it is within the bounds.
 */
export function optionTime_ms(
  kind: string,
  name: string,
  text: string,
  least_ms: number,
  most_ms: number,
): number {
  const time_ms = parseDurationMs(text);
  if (time_ms >= least_ms && time_ms <= most_ms) return time_ms;
  throw new InputError(
    `the ${name} of ${kind} is a time from ${written(least_ms)} to ${written(most_ms)}, like 20ms, not '${text}'`,
  );
}

function written(time_ms: number): string {
  return time_ms >= 1000 ? `${time_ms / 1000}s` : `${time_ms}ms`;
}
