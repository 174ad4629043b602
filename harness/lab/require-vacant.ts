import type { NamedEngine } from '../engine/connect-engines.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { livingLabs } from './garbage.ts';

/**
 * Refuses engines on which a lab is up: two timed labs on one engine disturb each other, and neither would know.
 * @throws EnvironmentError that names each of them.
 */
export async function requireVacant(engines: readonly NamedEngine[]): Promise<void> {
  const found = await Promise.all(
    engines.map(async (engine) => {
      const labs = await livingLabs(engine);
      return labs.length === 0 ? [] : [`engine '${engine.name}' has a lab up already: ${labs.join(', ')}`];
    }),
  );
  const problems = found.flat();
  if (problems.length === 0) return;
  throw new EnvironmentError(problems.join('\n'), {
    remedy: 'wait until it is gone, take it down (hadrill down), or leave that engine out',
  });
}
