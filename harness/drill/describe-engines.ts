import { EnvironmentError } from '../ground/errors.ts';
import { environmentOver } from '../journal/engines-of-run.ts';
import type { EngineOfRun, Environment } from '../journal/environment.ts';
import { type EngineLab, namingEngine } from './engine-lab.ts';
import { describeEnvironment } from './environment.ts';

interface Described {
  name: string;
  environment: Environment;
}

/**
 * What a run's numbers are made on, of engines whose labs are up.
 * @param lost why labs are not up; engines that are lost meanwhile are added.
 * @returns undefined when all are lost.
 * @throws EnvironmentError where daemons are not of the same version on all engines: their trials are not of one run.
 */
export async function describeEngines(
  labs: readonly EngineLab[],
  lost: Map<EngineLab, string>,
): Promise<Environment | undefined> {
  const engines: EngineOfRun[] = [];
  let first: Described | undefined;
  for (const lab of labs) {
    const { name, details, info } = lab.engine;
    if (engines.some((one) => one.name === name)) continue;
    const environment = lost.has(lab) ? undefined : await describe(lab, lost);
    if (environment && first) refuseOtherVersions(first, { name, environment });
    if (environment) first ??= { name, environment };
    engines.push({
      name,
      machine: details.machine ?? name,
      cpus: details.cpus,
      kernel: environment?.kernel ?? info.kernel,
      engine: `${info.name} ${info.version}`,
      images: environment?.images ?? {},
    });
  }
  return first && environmentOver(first.environment, apart(engines));
}

async function describe(lab: EngineLab, lost: Map<EngineLab, string>): Promise<Environment | undefined> {
  try {
    return await describeEnvironment(lab.lab.lab);
  } catch (error) {
    const silence = await lab.silence();
    if (silence === undefined) throw namingEngine(error, lab.engine.name);
    lost.set(lab, silence);
    return undefined;
  }
}

/** Engines whose machines have the same name, or that are on one machine, are told apart by their own names. */
function apart(engines: readonly EngineOfRun[]): EngineOfRun[] {
  return engines.map((one) => {
    const same = engines.filter(({ machine }) => machine === one.machine);
    return same.length > 1 ? { ...one, machine: `${one.machine}/${one.name}` } : one;
  });
}

function refuseOtherVersions(
  first: { name: string; environment: Environment },
  other: { name: string; environment: Environment },
): void {
  const [before, after] = [first.environment.versions, other.environment.versions];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const differ = names.filter((name) => before[name] !== after[name]);
  if (differ.length === 0) return;
  const words = differ.map((name) => `${name} ${after[name] ?? 'none'}, not ${before[name] ?? 'none'}`);
  throw new EnvironmentError(
    `engine '${other.name}' has other daemons than engine '${first.name}': ${words.join('; ')}`,
    {
      remedy:
        'give both the same images: `docker save` on one, `docker load` on the other (images that are built at ' +
        'different times may have other versions of packages)',
    },
  );
}
