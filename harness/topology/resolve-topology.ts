import { dirname } from 'node:path';
import type { InputProblem } from '../ground/errors.ts';
import { checkBmcs } from './check-bmcs.ts';
import { checkDhcpPlaces } from './check-dhcp-places.ts';
import { checkStages } from './check-stages.ts';
import { checkWires } from './check-wires.ts';
import { clabSchema } from './clab-schema.ts';
import { unsupported } from './clab-unsupported.ts';
import { kindOf } from './inheritance.ts';
import { magicProblem } from './magic-words.ts';
import { nameProblem } from './names.ts';
import { resolveBridges } from './resolve-bridges.ts';
import { type ResolveContext, resolveContext } from './resolve-context.ts';
import { checkRouters } from './resolve-labels.ts';
import { resolveLinks } from './resolve-links.ts';
import { checkGroups, checkKinds, resolveNode } from './resolve-node.ts';
import type { Topology, Wire } from './topology.ts';
import { validateYaml } from './validate-yaml.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * Turns a containerlab file into a topology and finds everything that is wrong with it.
 * @param file absolute path: bind sources are relative to its directory.
 * @returns the topology, which is only to be used when there are no problems; undefined when there is too little to go on.
 */
export function resolveTopology(
  source: YamlSource,
  file: string,
  options: { allow_host_binds?: boolean; strict?: boolean } = {},
): { topology: Topology | undefined; problems: InputProblem[] } {
  const validated = validateYaml(source, clabSchema, {
    explain: unsupported,
    stand_ins: { name: 'unnamed' },
  });
  const problems = [
    ...source.problems,
    ...templateProblems(source),
    ...validated.problems,
    ...(options.strict ? validated.notes : []),
  ];
  if (!validated.accepted) return { topology: undefined, problems };
  const context = resolveContext(
    source,
    validated.accepted,
    dirname(file),
    problems,
    options.allow_host_binds,
  );
  const topology = resolve(context, file);
  if (validated.notes.length > 0) topology.notes = validated.notes;
  return { topology, problems };
}

function resolve(context: ResolveContext, file: string): Topology {
  const { clab } = context;
  checkNames(context);
  checkGroups(context);
  checkKinds(context);
  const bridges = resolveBridges(context);
  const placed = Object.keys(clab.topology.nodes)
    .filter((name) => kindOf(clab, name) !== 'bridge' && !bridges.fabric_nodes.has(name))
    .map((name) => resolveNode(context, name));
  if (context.node_names.size === 0)
    context.report(['topology', 'nodes'], 'the topology has no nodes', 'key');
  const links = resolveLinks(context, bridges);
  checkWires(context, links, bridges.bridges.values());
  checkStages(context, placed, bridges);
  checkRouters(
    context,
    placed.map(({ node, members }) => ({ name: node.name, members })),
  );
  checkDhcpPlaces(context, placed, links);
  checkBmcs(context, placed, links, [...bridges.bridges.values()]);
  const wires = links.wires.map(({ wire }) => wire);
  return {
    name: clab.name,
    prefix: clab.prefix,
    file,
    nodes: placed.map(({ node }) => node),
    bridges: [...bridges.bridges.values()].map((bridge) => ({ ...bridge, mtu: bridgeMtu(bridge.id, wires) })),
    wires,
  };
}

/** As the kernel chooses it: the smallest of its ports, when the file gives them all one. */
function bridgeMtu(id: string, wires: readonly Wire[]): number | undefined {
  const mtus = wires.filter(({ b }) => b.kind === 'bridge' && b.bridge === id).map(({ mtu }) => mtu);
  const known = mtus.filter((mtu) => mtu !== undefined);
  return known.length > 0 && known.length === mtus.length ? Math.min(...known) : undefined;
}

function checkNames(context: ResolveContext): void {
  const { name, prefix } = context.clab;
  const problem = magicProblem(name) ?? nameProblem('lab', name);
  if (problem) context.report(['name'], problem);
  if (!prefix || prefix === '__lab-name') return;
  const prefixProblem = nameProblem('prefix', prefix);
  if (prefixProblem) context.report(['prefix'], prefixProblem);
}

/** containerlab runs a file through Go's text/template before it reads it. */
function templateProblems(source: YamlSource): InputProblem[] {
  const lines = source.text.split('\n');
  const line = lines.findIndex((text) => /^[^#]*\{\{/.test(text));
  if (line < 0) return [];
  const message = "Go templates ('{{ }}') are not supported by hadrill: run it on the file that they make";
  const position = { file: source.file, line: line + 1, column: lines[line]!.indexOf('{{') + 1 };
  return [{ message, position }];
}
