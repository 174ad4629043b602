import type { EngineOfRun, Environment } from './environment.ts';
import type { RunFacts } from './run-facts.ts';

/** The facts of a run, as they are of trials on one of its engines: a machine's processors decide what starves it. */
export function factsOnEngine(run: RunFacts, name: string | undefined): RunFacts {
  const engine = run.environment.engines?.find((one) => one.name === name);
  if (!engine) return run;
  const { machine, cpus, kernel, images } = engine;
  return {
    ...run,
    environment: { ...run.environment, machine, cpus, kernel, images, engine: engine.engine },
  };
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
