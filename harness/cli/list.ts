import { shippedDrill, shippedDrills, shippedTopologies } from '../drill/find-drill.ts';
import { readDrill } from '../drill/read-drill.ts';
import { faults } from '../faults/registry.ts';
import { jsonText } from '../ground/json-text.ts';
import { probes } from '../probes/registry.ts';
import { textTable as table } from '../report/text-table.ts';
import type { Command } from './context.ts';

/** Everything that can be named on the command line or in a drill file. */
export const list: Command<{ json?: boolean }> = async (context, { json }) => {
  const drills = await Promise.all(
    (await shippedDrills()).map(async (name) => ({
      name,
      description: (await readDrill(shippedDrill(name))).content.description,
    })),
  );
  const known = {
    drills,
    topologies: await shippedTopologies(),
    faults: [...faults.values()].map(({ kind, summary, targets, options }) => ({
      kind,
      summary,
      targets,
      options,
    })),
    probes: [...probes.values()].map(({ kind, summary, metrics }) => ({
      kind,
      summary,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, { meaning }]) => [name, meaning])),
    })),
  };
  if (json) {
    context.out(jsonText(known));
    return 0;
  }
  const sections = [
    table(
      ['DRILL', ''],
      known.drills.map((one) => [one.name, one.description]),
    ),
    table(
      ['TOPOLOGY'],
      known.topologies.map((one) => [one]),
    ),
    table(
      ['FAULT', 'TARGET', ''],
      known.faults.map((one) => [one.kind, one.targets.join(', '), one.summary]),
    ),
    table(
      ['PROBE', ''],
      known.probes.map((one) => [one.kind, one.summary]),
    ),
  ];
  context.out(sections.join('\n'));
  return 0;
};
