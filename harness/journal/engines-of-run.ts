import type { EngineOfRun, Environment } from './environment.ts';
import type { Trial } from './journal.ts';
import type { RunFacts } from './run-facts.ts';

/**
 * The facts of a run, as they are of trials on one of its engines, or on one of the machines of its shards: the processors of a
 * trial's own machine decide what starves it.
 */
export function factsOnEngine(run: RunFacts, place: Pick<Trial, 'engine' | 'machine'>): RunFacts {
  const own = placeIn(run.environment, place);
  return own ? { ...run, environment: { ...run.environment, ...own } } : run;
}

function placeIn(
  { engines = [], machines = [] }: Environment,
  { engine: name, machine: on }: Pick<Trial, 'engine' | 'machine'>,
): Partial<Environment> | undefined {
  // Shards of one run may name engines of two machines alike.
  const named = engines.filter((one) => one.name === name);
  const found = named.find(({ machine }) => machine === on) ?? named[0];
  if (found) {
    const { name: _, ...environment } = found;
    return environment;
  }
  return machines.find(({ machine }) => machine === on);
}

/** What a run over several engines says of all of them, beside what each is. */
export function environmentOver(
  first: Environment,
  engines: readonly EngineOfRun[],
): Environment & { engines: EngineOfRun[] } {
  const { machine: _, ...rest } = first;
  const machines = new Set(engines.map(({ machine }) => machine));
  return {
    ...rest,
    kernel: together(engines.map(({ kernel }) => kernel)),
    engine: together(engines.map(({ engine }) => engine)),
    ...(machines.size === 1 ? { machine: [...machines][0]! } : {}),
    cpus: Math.min(...engines.map(({ cpus }) => cpus)),
    engines: [...engines],
  };
}

/** Each of these words once. */
export function together(words: readonly string[]): string {
  return [...new Set(words)].join(' and ');
}
