import { refusalOf } from '../faults/refused.ts';
import { InputError } from '../ground/errors.ts';
import { NamedVariables } from '../topology/named-variables.ts';
import { readYamlFile } from '../topology/read-yaml-file.ts';
import type { Environment } from '../topology/substitute-variables.ts';
import { type Explanations, validateYaml } from '../topology/validate-yaml.ts';
import type { YamlSource } from '../topology/yaml-source.ts';
import { checkFaultsShape } from './drill-faults.ts';
import { type DrillFile, drillSchema } from './drill-schema.ts';
import { checkSchedule } from './fault-schedule.ts';
import type { FoundDrill } from './find-drill.ts';

/** Where a drill names what it breaks: why there is no such fault, where that is known. */
const REFUSALS: Explanations = {
  value: (path, value) => {
    const names_fault = path.at(-1) === 'kind' && ['fault', 'faults', 'random'].includes(String(path[0]));
    const refused = names_fault && typeof value === 'string' ? refusalOf(value) : undefined;
    return refused && { message: `${refused.why}; what comes near: ${refused.remedy}` };
  },
};

/** A drill's own file, without the topology and the profiles that it names. */
export interface ReadDrill extends FoundDrill {
  content: DrillFile;
  source: YamlSource;
  /** The variables that it was read with. */
  variables: NamedVariables;
}

/**
 * Reads a drill's file, and checks all that it says by itself.
 * @param given values for `${NAME}` in it.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function readDrill(found: FoundDrill, given: Environment = {}): Promise<ReadDrill> {
  const variables = new NamedVariables(given);
  const source = await readYamlFile(found.file, variables.env);
  return { ...found, content: drillContent(source), source, variables };
}

/**
 * What a drill's text says by itself.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export function drillContent(source: YamlSource): DrillFile {
  const problems = [
    ...source.problems,
    ...validateYaml(source, drillSchema, { explain: REFUSALS }).problems,
    ...checkFaultsShape(source),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const content = drillSchema.parse(source.data);
  const untimely = checkSchedule(content.faults ?? [], source);
  if (untimely.length > 0) throw new InputError(untimely);
  return content;
}
