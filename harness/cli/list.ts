import { drillDescription } from '../drill/drill-description.ts';
import { shippedDrill, shippedDrills, shippedTopologies } from '../drill/find-drill.ts';
import { faults } from '../faults/registry.ts';
import { jsonText } from '../ground/json-text.ts';
import type { MetricDeclarations } from '../journal/metric.ts';
import { probes } from '../probes/registry.ts';
import { textTable as table } from '../report/text-table.ts';
import { liveSystems } from '../systems/live.ts';
import type { Command } from './context.ts';

/** Everything that can be named on the command line or in a drill file. */
export const list: Command<{ json?: boolean }> = async (context, { json }) => {
  const drills = await Promise.all(
    (await shippedDrills()).map(async (name) => ({
      name,
      description: await drillDescription(shippedDrill(name)),
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
      metrics: meanings(metrics),
    })),
    systems: liveSystems.map(({ system: { name, metrics, analysis }, roles = {}, audits = [] }) => ({
      name,
      targets: Object.entries(roles).map(([word, { of }]) => `${word}(${of})`),
      audits: [...audits.map((audit) => audit.name), ...Object.keys(analysis?.audits ?? {})],
      metrics: meanings(metrics),
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
    table(
      ['SYSTEM', 'TARGET', 'AUDIT'],
      known.systems.map((one) => [one.name, one.targets.join(', '), one.audits.join(', ')]),
    ),
  ];
  context.out(sections.join('\n'));
  return 0;
};

function meanings(metrics: MetricDeclarations): Record<string, string> {
  return Object.fromEntries(Object.entries(metrics).map(([name, { meaning }]) => [name, meaning]));
}
