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

/**
 * How a metric is declared, by its full name; one that nothing here declares is known by its unit alone. What kinds of probes say
 * differently of one measure are its words: `declarationIn` has those.
 */
export function declarationOf(name: string): MetricDeclaration {
  const { subject, measure } = parseMetricName(name);
  return NAMED.get(`${subject}.${measure}`) ?? MEASURES.get(measure) ?? undeclared(name);
}

/**
 * The same of a metric of a run, in the words of the probe's kind. The kind is known by all that the probe measures; where
 * several have all of that, a part of a count has no noun.
 * @param names of all metrics of the run.
 */
export function declarationIn(name: string, names: Iterable<string>): MetricDeclaration {
  const { subject, measure } = parseMetricName(name);
  const general = declarationOf(name);
  if (NAMED.has(`${subject}.${measure}`)) return general;
  const measured = [...names].map(parseMetricName).filter((one) => one.subject === subject);
  const saying = [...probes.values()].flatMap(({ metrics }) => {
    const declared = metrics[measure];
    return declared ? [{ declared, metrics }] : [];
  });
  const fitting = saying.filter(({ metrics }) =>
    measured.every((one) => Object.hasOwn(metrics, one.measure)),
  );
  const [first, ...others] = fitting.length > 0 ? fitting : saying;
  if (!first) return general;
  const { part } = first.declared;
  if (!part || others.every((one) => one.declared.part?.words === part.words)) return first.declared;
  return { ...first.declared, part: { ...part, words: part.of } };
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

/** A measure is declared alike by all kinds that have it, but for its words: what it means, and what a part of it is. */
function measuresOf(kinds: Iterable<ProbeKind>): Map<string, MetricDeclaration> {
  const all = new Map<string, MetricDeclaration>();
  for (const { kind, metrics } of kinds) {
    for (const [measure, declared] of Object.entries(metrics)) {
      const known = all.get(measure);
      if (known && !isDeepStrictEqual(wordless(known), wordless(declared)))
        throw new Error(
          `the measure '${measure}' of probe '${kind}' is declared otherwise than another kind does`,
        );
      all.set(measure, known ?? declared);
    }
  }
  return all;
}

function wordless({ meaning: _, part, ...declared }: MetricDeclaration) {
  return { ...declared, part_of: part?.of };
}
