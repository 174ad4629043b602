import path from 'node:path';
import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { readYamlFile } from '../../../topology/read-yaml-file.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { topologyPlaces } from '../../../topology/topology-places.ts';
import { validateYaml } from '../../../topology/validate-yaml.ts';
import { Findings } from '../../neutron-scheduling/file-problems.ts';
import { checkTenant } from './check-tenant.ts';
import { isControl } from './neutron-nodes.ts';
import { eachRouter } from './router-names.ts';
import { scaledTimes } from './scaled-times.ts';
import type { Tenant } from './tenant.ts';
import { tenantSchema } from './tenant-schema.ts';

/** On the control node: the tenant file, relative to the topology. */
const LABEL = 'hadrill.tenant';

/**
 * Reads the tenant file that the control node of a topology names by `hadrill.tenant`, and checks it together with the
 * topology.
 * @param env the variables that the topology was loaded with; the tenant file has the same.
 * @returns undefined when no node has the label.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function loadTenant(topology: Topology, env: Environment): Promise<Tenant | undefined> {
  const labelled = topology.nodes.filter(({ labels }) => labels[LABEL] !== undefined);
  const [first] = labelled;
  if (!first) return undefined;
  const where = await topologyPlaces(topology, env);
  const misplaced = checkLabels(labelled).map(({ node, message }): InputProblem => {
    return { message, position: where.label(node, LABEL) };
  });
  const file = path.resolve(path.dirname(topology.file), first.labels[LABEL]!);
  const source = await readYamlFile(file, env).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    const message = `label '${LABEL}' names the tenant file '${file}'`;
    throw new InputError([...error.problems, { message, position: where.label(first.name, LABEL) }]);
  });
  const { problems, accepted } = validateYaml(source, tenantSchema, {
    stand_ins: { networks: {}, routers: {}, ports: {} },
  });
  const own: InputProblem[] = [...source.problems, ...problems];
  if (accepted) {
    const findings = new Findings(source, accepted);
    checkTenant(accepted.value, topology, findings);
    own.push(...findings.problems);
  }
  const all = [...own.sort(inFileOrder), ...misplaced];
  if (all.length > 0) throw new InputError(all);
  if (!accepted) throw new InputError([{ message: 'is not a tenant file', position: { file } }]);
  const routers = eachRouter(accepted.value.routers);
  return { ...accepted.value, routers, file, control: first.name, scaled: scaledTimes(first) };
}

function checkLabels(labelled: readonly TopologyNode[]): { node: string; message: string }[] {
  return labelled.flatMap((node, index) => {
    if (!isControl(node))
      return [
        { node: node.name, message: `label '${LABEL}' is of a node with the image hadrill/neutron-control` },
      ];
    return index === 0
      ? []
      : [
          {
            node: node.name,
            message: `'${labelled[0]!.name}' has the label '${LABEL}' already: a lab has one tenant file`,
          },
        ];
  });
}

function inFileOrder({ position: a }: InputProblem, { position: b }: InputProblem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
