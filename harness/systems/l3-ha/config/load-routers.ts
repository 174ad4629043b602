import path from 'node:path';
import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { readYamlFile } from '../../../topology/read-yaml-file.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import type { Topology } from '../../../topology/topology.ts';
import { topologyPlaces } from '../../../topology/topology-places.ts';
import { validateYaml } from '../../../topology/validate-yaml.ts';
import { checkAgentTimes } from '../../neutron-scheduling/agent-times-file.ts';
import { Findings } from '../../neutron-scheduling/file-problems.ts';
import { checkReplicas, checkRouters } from './check-routers.ts';
import { checkPlaces, isPlace, LABEL, placesOf } from './router-places.ts';
import type { RouterSettings, Routers } from './routers.ts';
import { type RoutersFile, routersSchema } from './routers-schema.ts';

/**
 * Reads the routers file that a topology names by `hadrill.routers`, and checks it together with the topology.
 * @param env the variables that the topology was loaded with; the routers file has the same.
 * @returns undefined when no node of the topology has the label.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function loadRouters(topology: Topology, env: Environment): Promise<Routers | undefined> {
  const first = topology.nodes.find(isPlace);
  if (!first) return undefined;
  const where = await topologyPlaces(topology, env);
  const file = path.resolve(path.dirname(topology.file), first.labels[LABEL]!);
  const source = await readYamlFile(file, env).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([...error.problems, atLabel(`names the routers file '${file}'`)]);
  });
  const { problems, accepted } = validateYaml(source, routersSchema, { stand_ins: { routers: {} } });
  const all: InputProblem[] = [...source.problems, ...problems];
  const places = placesOf(topology);
  if (accepted) {
    const findings = new Findings(source, accepted);
    checkAgentTimes(accepted.value, findings);
    checkReplicas(accepted.value, findings);
    checkRouters(accepted.value, places, findings);
    all.push(...findings.problems);
    all.sort(inFileOrder);
    const names = Object.keys(source.data?.routers ?? {});
    all.push(...checkPlaces(topology, names, where).toSorted(inFileOrder));
  }
  if (all.length > 0) throw new InputError(all);
  if (!accepted) throw new InputError([{ message: 'is not a routers file', position: { file } }]);
  return {
    file,
    settings: settingsOf(accepted.value),
    routers: Object.keys(accepted.value.routers),
    later: Object.entries(accepted.value.routers)
      .filter(([, { created }]) => created === 'later')
      .map(([name]) => name),
    places,
  };

  function atLabel(words: string): InputProblem {
    return { message: `label '${LABEL}' ${words}`, position: where.label(first!.name, LABEL) };
  }
}

function inFileOrder({ position: a }: InputProblem, { position: b }: InputProblem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function settingsOf(said: RoutersFile): RouterSettings {
  const { agent_down_time, report_interval, routers: _, ...others } = said;
  return { ...others, agent_down_ms: agent_down_time, report_interval_ms: report_interval };
}
