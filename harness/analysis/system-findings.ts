import type { FaultSpan } from '../evidence/fault-spans.ts';
import type { FrameWatch } from '../evidence/frame-watch.ts';
import type { Moment } from '../evidence/moment.ts';
import type { LabTime } from '../ground/time.ts';
import type { Bound, Trial } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { systems } from '../systems/registry.ts';
import type { System } from '../systems/system.ts';
import type {
  Cause,
  Evidence,
  SystemAnalysis,
  SystemFindings,
  TrialScene,
} from '../systems/system-analysis.ts';

/** A system that a trial has something of. */
export interface WatchedSystem {
  system: System;
  analysis: SystemAnalysis;
  facts: unknown;
  watch: FrameWatch;
}

/** What all systems found out about one fault. */
export interface FaultFindings {
  span: FaultSpan;
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  missing_bounds: Record<string, string>;
  moments: Moment[];
  doubts: string[];
  open: string[];
  notes: string[];
  causes: Cause[];
  /** When the last of them served its clients again. */
  served_ns: LabTime | undefined;
  /** Infinity where none of them minds. */
  most_overslept_ms: number;
  rows: { system: System; rows: readonly unknown[] }[];
}

type Common = Omit<TrialScene<unknown>, 'facts' | 'trial'>;

/** The systems that a trial has facts of, each ready to see the frames of its captures. */
export function watchSystems(trial: TrialFacts, common: Common): WatchedSystem[] {
  return [...systems.values()].flatMap((system) => {
    const { analysis } = system;
    const facts = analysis?.factsOf(trial);
    if (!analysis || facts === undefined) return [];
    return [{ system, analysis, facts, watch: analysis.listen({ ...common, facts, trial }) }];
  });
}

/** What they say about each fault, in order. To be asked when every frame was seen. */
export function faultFindings(
  watched: readonly WatchedSystem[],
  trial: TrialFacts,
  evidence: Omit<Evidence<unknown, unknown>, 'facts' | 'trial' | 'at' | 'watch'>,
): [FaultFindings, ...FaultFindings[]] {
  const all = evidence.faults.map((span, at) => {
    const found = watched.map(({ system, analysis, facts, watch }) => {
      const own = analysis.analyse({ ...evidence, facts, trial, watch, at });
      return { system, findings: withoutStandIns(own, system, watched) };
    });
    return merged(span, found);
  });
  return all as [FaultFindings, ...FaultFindings[]];
}

/** Rows of the systems for a trial of the journal. @param whole the captures lack nothing. */
export function systemRows({ rows: all }: FaultFindings, whole: boolean): Partial<Trial> {
  const kept = all.filter(({ system }) => whole || !system.rows?.from_captures);
  const fixed = kept.flatMap(({ system, rows }) => (system.rows?.key ? [[system.rows.key, rows]] : []));
  const named = kept.flatMap(({ system, rows }) => (system.rows?.key ? [] : [[system.name, rows]]));
  return {
    ...Object.fromEntries(fixed),
    ...(named.length > 0 ? { systems: Object.fromEntries(named) } : {}),
  };
}

/** What a system gives in place of another one counts only where the trial has nothing of that one. */
function withoutStandIns(
  findings: SystemFindings,
  system: System,
  watched: readonly WatchedSystem[],
): SystemFindings {
  const others = watched.flatMap((one) => (one.system === system ? [] : [one.system.metrics]));
  const taken = (system.stands_in_for ?? []).filter((name) =>
    others.some((metrics) => Object.hasOwn(metrics, name)),
  );
  if (taken.length === 0) return findings;
  const kept = <Value>(values: Readonly<Record<string, Value>> = {}) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !taken.includes(name)));
  return {
    ...findings,
    metrics: kept(findings.metrics),
    bounds: kept(findings.bounds),
    missing_bounds: kept(findings.missing_bounds),
  };
}

function merged(
  span: FaultSpan,
  found: readonly { system: System; findings: SystemFindings }[],
): FaultFindings {
  const all = found.map(({ findings }) => findings);
  const served = all.flatMap(({ served_ns }) => served_ns ?? []);
  return {
    span,
    metrics: Object.assign({}, ...all.map(({ metrics }) => metrics)),
    bounds: Object.assign({}, ...all.map(({ bounds }) => bounds)),
    missing_bounds: Object.assign({}, ...all.map(({ missing_bounds }) => missing_bounds)),
    moments: all.flatMap(({ moments = [] }) => moments),
    doubts: all.flatMap(({ doubts = [] }) => doubts),
    open: all.flatMap(({ open = [] }) => open),
    notes: all.flatMap(({ notes = [] }) => notes),
    causes: all.flatMap(({ causes = [] }) => causes),
    served_ns: served.length > 0 ? Math.max(...served) : undefined,
    most_overslept_ms: Math.min(...all.map(({ most_overslept_ms = Infinity }) => most_overslept_ms)),
    rows: found.flatMap(({ system, findings: { rows } }) => (rows ? [{ system, rows }] : [])),
  };
}
