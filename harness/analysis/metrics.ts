import { isDeepStrictEqual } from 'node:util';
import { type MetricDeclaration, type MetricDeclarations, undeclared } from '../journal/metric.ts';
import { ofFault, parseMetricName } from '../journal/metric-name.ts';
import type { ProbeKind } from '../probes/probe.ts';
import { probes } from '../probes/registry.ts';
import { systems } from '../systems/registry.ts';
import { TRIAL_METRICS } from './trial-metrics.ts';

/** Every metric with a name of its own: those of the systems under test, and of the trial. */
const NAMED = onlyOnce([...[...systems.values()].map(({ metrics }) => metrics), TRIAL_METRICS]);
/** What probes measure. */
const MEASURES = measuresOf(probes.values());

/** How a metric is declared, by its full name; one that nothing here declares is known by its unit alone. */
export function declarationOf(name: string): MetricDeclaration {
  const { subject, measure } = parseMetricName(name);
  return NAMED.get(`${subject}.${measure}`) ?? MEASURES.get(measure) ?? undeclared(name);
}

/** Counts that say more together with a part of theirs: the measures of both, and what the part is. */
export function partsOfCounts(): { whole: string; part: string; words: string }[] {
  return [...MEASURES].flatMap(([whole, { part }]) =>
    part ? [{ whole, part: part.of, words: part.words }] : [],
  );
}

/**
 * Every metric that a drill with these probes can have.
 * @param faults how many it makes: what the second did is under `fault2.`, and so on.
 */
export function metricsOfDrill(
  drillProbes: readonly { name: string; kind: string }[],
  faults = 1,
): Map<string, MetricDeclaration> {
  const all = new Map([
    ...NAMED,
    ...drillProbes.flatMap(({ name, kind }) =>
      Object.entries(probes.need(kind).metrics).map(
        ([measure, declared]) => [`${name}.${measure}`, declared] as const,
      ),
    ),
  ]);
  const per_fault = [...all].filter(([, declared]) => declared.per_fault);
  for (let number = 2; number <= faults; number += 1) {
    for (const [name, declared] of per_fault) {
      const meaning = `of fault ${number} alone: ${declared.meaning}`;
      all.set(ofFault(number, name), { ...declared, meaning });
    }
  }
  return all;
}

/** Why a probe cannot have a name: metrics of its kind would read like others. undefined when it can. */
export function clashOfName({ name, kind }: { name: string; kind: string }): string | undefined {
  for (const measure of Object.keys(probes.need(kind).metrics)) {
    const other = NAMED.get(`${name}.${measure}`);
    if (other) return `'${name}.${measure}' has another meaning: ${other.meaning}`;
  }
  return parseMetricName(`${name}.x`).subject === name
    ? undefined
    : `'${name}.' begins the metrics of one fault`;
}

function onlyOnce(lists: readonly MetricDeclarations[]): Map<string, MetricDeclaration> {
  const all = new Map<string, MetricDeclaration>();
  for (const [name, declared] of lists.flatMap((list) => Object.entries(list))) {
    if (all.has(name)) throw new Error(`the metric '${name}' is declared twice`);
    all.set(name, declared);
  }
  return all;
}

/** A measure is declared alike by all kinds that have it, but for its meaning. */
function measuresOf(kinds: Iterable<ProbeKind>): Map<string, MetricDeclaration> {
  const all = new Map<string, MetricDeclaration>();
  for (const { kind, metrics } of kinds) {
    for (const [measure, declared] of Object.entries(metrics)) {
      const { meaning } = declared;
      const known = all.get(measure);
      if (known && !isDeepStrictEqual({ ...known, meaning }, declared))
        throw new Error(
          `the measure '${measure}' of probe '${kind}' is declared otherwise than another kind does`,
        );
      all.set(measure, known ?? declared);
    }
  }
  return all;
}
