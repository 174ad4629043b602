import type { FaultSpan } from '../evidence/fault-spans.ts';
import type { FrameWatch } from '../evidence/frame-watch.ts';
import type { Moment } from '../evidence/moment.ts';
import type { LabTime } from '../ground/time.ts';
import type { AuditRecord, Bound, MetricPart, Trial } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { System } from '../systems/system.ts';
import type {
  Cause,
  CutWire,
  Evidence,
  SystemAnalysis,
  SystemFindings,
  TrialScene,
} from '../systems/system-analysis.ts';
import { type PresentSystem, systemsIn } from '../systems/systems-in.ts';

/** A system that a trial has something of. */
export interface WatchedSystem extends PresentSystem {
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
  missing_metrics: Record<string, string>;
  parts: Record<string, MetricPart[]>;
  moments: Moment[];
  doubts: string[];
  open: string[];
  notes: string[];
  causes: Cause[];
  audits: AuditRecord[];
  /** When the last of them served its clients again. */
  served_ns: LabTime | undefined;
  /** Infinity where none of them minds. */
  most_overslept_ms: number;
  rows: { system: System; rows: readonly unknown[] }[];
}

type Common = Omit<TrialScene<unknown>, 'facts' | 'trial'>;

/** The systems that a trial has facts of, each ready to see the frames of its captures. */
export function watchSystems(trial: TrialFacts, common: Common): WatchedSystem[] {
  const noted = new Map<System, { analysis: SystemAnalysis; facts: unknown }>();
  const present = systemsIn((system) => {
    const { analysis } = system;
    const facts = analysis?.factsOf(trial);
    if (analysis && facts !== undefined) noted.set(system, { analysis, facts });
    return noted.has(system);
  });
  return present.map((one) => {
    const { analysis, facts } = noted.get(one.system)!;
    return { ...one, analysis, facts, watch: analysis.listen({ ...common, facts, trial }) };
  });
}

/** What they say about each fault, in order. To be asked when every frame was seen. */
export function faultFindings(
  watched: readonly WatchedSystem[],
  trial: TrialFacts,
  evidence: CommonEvidence,
): [FaultFindings, ...FaultFindings[]] {
  const cut_wires = evidence.faults.map((_, at) => cutWires(watched, trial, evidence, at));
  const all = evidence.faults.map((span, at) => {
    const found = watched.map(({ system, gives, analysis, facts, watch }) => {
      const own = analysis.analyse({ ...evidence, cut_wires, facts, trial, watch, at });
      const findings = {
        ...own,
        metrics: gives(own.metrics),
        bounds: gives(own.bounds),
        missing_bounds: gives(own.missing_bounds),
        missing_metrics: gives(own.missing_metrics),
        parts: gives(own.parts),
      };
      return { system, findings };
    });
    return merged(span, found);
  });
  return all as [FaultFindings, ...FaultFindings[]];
}

type CommonEvidence = Omit<Evidence<unknown, unknown>, 'facts' | 'trial' | 'at' | 'watch' | 'cut_wires'>;

/** By the systems that carry frames. */
function cutWires(
  watched: readonly WatchedSystem[],
  trial: TrialFacts,
  evidence: CommonEvidence,
  at: number,
): CutWire[] {
  return watched.flatMap(({ analysis, facts, watch }) => [
    ...(analysis.cutWires?.({ ...evidence, facts, trial, watch, at }) ?? []),
  ]);
}

/** Rows of the systems for a trial of the journal, of all faults. @param whole the captures lack nothing. */
export function systemRows(faults: readonly FaultFindings[], whole: boolean): Partial<Trial> {
  const bySystem = Map.groupBy(
    faults.flatMap(({ rows }) => rows),
    ({ system }) => system,
  );
  const all = [...bySystem].map(([system, lists]) => ({ system, rows: lists.flatMap(({ rows }) => rows) }));
  const kept = all.filter(({ system }) => whole || !system.rows?.from_captures);
  const fixed = kept.flatMap(({ system, rows }) => (system.rows?.key ? [[system.rows.key, rows]] : []));
  const named = kept.flatMap(({ system, rows }) => (system.rows?.key ? [] : [[system.name, rows]]));
  return {
    ...Object.fromEntries(fixed),
    ...(named.length > 0 ? { systems: Object.fromEntries(named) } : {}),
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
    missing_metrics: Object.assign({}, ...all.map(({ missing_metrics }) => missing_metrics)),
    parts: Object.assign({}, ...all.map(({ parts }) => parts)),
    moments: all.flatMap(({ moments = [] }) => moments),
    doubts: all.flatMap(({ doubts = [] }) => doubts),
    open: all.flatMap(({ open = [] }) => open),
    notes: all.flatMap(({ notes = [] }) => notes),
    causes: all.flatMap(({ causes = [] }) => causes),
    audits: all.flatMap(({ audits = [] }) => [...audits]),
    served_ns: served.length > 0 ? Math.max(...served) : undefined,
    most_overslept_ms: Math.min(...all.map(({ most_overslept_ms = Infinity }) => most_overslept_ms)),
    rows: found.flatMap(({ system, findings: { rows } }) => (rows ? [{ system, rows }] : [])),
  };
}
