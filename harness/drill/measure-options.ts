import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { ProbeSpec } from '../probes/registry.ts';
import type { LoadedSystems } from '../systems/load-systems.ts';
import { objectSource } from '../topology/object-source.ts';
import { validateYaml } from '../topology/validate-yaml.ts';
import { checkAgainstTopology } from './check-drill.ts';
import type { Drill } from './drill.ts';
import { drillProbes } from './drill-probes.ts';
import { drillSchema } from './drill-schema.ts';
import { holdOf } from './hold-of.ts';

const schema = z.strictObject({ probes: drillSchema.shape.probes, hold: drillSchema.shape.hold });

/** What a program measures, in the words of a drill file. */
export interface Measured {
  /** Name to probe, as under `probes` in a drill file. */
  probes: Readonly<Record<string, ProbeSpec>>;
  /** As under `hold` in a drill file: durations such as `'3s'`. */
  hold?: Readonly<Partial<Record<'steady' | 'takeover' | 'recovery' | 'settled' | 'rejoin', string>>>;
}

/**
 * Reads and checks what a program says, as a drill file is.
 * @throws InputError with everything that is wrong with it, or does not fit the lab.
 */
export function readMeasured(
  name: string,
  { probes, hold }: Measured,
  { topology }: Lab,
  systems: LoadedSystems,
): Drill {
  const source = objectSource('measure()', { probes, ...(hold ? { hold } : {}) });
  refuse(validateYaml(source, schema).problems);
  const read = schema.parse(source.data);
  const drill: Drill = {
    name,
    file: topology.file,
    shipped: false,
    description: '',
    topology: topology.file,
    profile: 'default',
    variables: {},
    environment: {},
    probes: drillProbes(read.probes),
    faults: [],
    hold: holdOf(read.hold),
    expect: [],
  };
  refuse(checkAgainstTopology(drill, topology, systems, source));
  return drill;
}

function refuse(problems: InputError['problems']): void {
  if (problems.length > 0) throw new InputError(problems);
}
