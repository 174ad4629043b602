import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { ignoreProblem, withIgnored } from '../topology/ignored-lines.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { DrillFile } from './drill-schema.ts';

type Ignored = NonNullable<DrillFile['log_ignore']>;

/** What is wrong with a drill's patterns of lines that are nobody's concern: no regular expression, or a node that is not there. */
export function checkIgnoredLogs(
  ignored: Ignored,
  { nodes }: Pick<Topology, 'nodes'>,
  source: YamlSource,
): InputProblem[] {
  const names = nodes.map(({ name }) => name);
  const problem = (message: string, path: YamlPath) => ({
    message,
    position: source.positionOf(['log_ignore', ...path]),
  });
  return ignored.flatMap((one, at) => {
    const [pattern, place] = typeof one === 'string' ? [one, [at]] : [one.lines, [at, 'lines']];
    const wrong = ignoreProblem(pattern);
    const node = typeof one === 'string' ? undefined : one.node;
    const missing = node !== undefined && !names.includes(node);
    return [
      ...(wrong === undefined ? [] : [problem(wrong, place)]),
      ...(missing
        ? [
            problem(
              `the topology has no node '${node}'${didYouMean(node, names)}; it has ${names.join(', ')}`,
              [at, 'node'],
            ),
          ]
        : []),
    ];
  });
}

/** The topology with these patterns as if its nodes' labels had them. */
export function withIgnoredLogs(topology: Topology, ignored: Ignored): Topology {
  if (ignored.length === 0) return topology;
  const of = (name: string) =>
    ignored.flatMap((one) => {
      if (typeof one === 'string') return [one];
      return one.node === undefined || one.node === name ? [one.lines] : [];
    });
  const nodes = topology.nodes.map((node) => ({ ...node, labels: withIgnored(node.labels, of(node.name)) }));
  return { ...topology, nodes };
}
