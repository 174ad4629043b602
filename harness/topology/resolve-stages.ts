import type { Layer } from './inheritance.ts';
import { parseCommand } from './parse-command.ts';
import type { ResolveContext } from './resolve-context.ts';
import { STAGES, type StageExec, type StageRule } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

export interface PlacedRule extends StageRule {
  path: YamlPath;
}

export interface ResolvedStages {
  rules: PlacedRule[];
  execs: StageExec[];
}

/** A node's stages; rules and commands of all levels are joined, the most general level first, as containerlab does. */
export function resolveStages(
  context: ResolveContext,
  node: string,
  layers: readonly Layer[],
): ResolvedStages {
  const rules: PlacedRule[] = [];
  const execs: StageExec[] = [];
  const known = new Set<string>();
  for (const { path: layerPath, settings } of layers) {
    for (const stage of STAGES) {
      const path = [...layerPath, 'stages', stage];
      for (const [index, rule] of (settings.stages?.[stage]?.['wait-for'] ?? []).entries()) {
        const key = `${stage} ${rule.stage} ${rule.node}`;
        if (!known.has(key))
          rules.push({
            enters: stage,
            node: rule.node,
            stage: rule.stage,
            path: [...path, 'wait-for', index],
          });
        known.add(key);
      }
      for (const [index, exec] of (settings.stages?.[stage]?.exec ?? []).entries()) {
        const command = parseCommand(context, exec.command, [...path, 'exec', index, 'command'], node);
        if (command) execs.push({ stage, phase: exec.phase ?? 'on-enter', command });
      }
    }
  }
  return { rules, execs };
}
