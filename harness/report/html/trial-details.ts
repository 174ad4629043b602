import { declarationOf } from '../../analysis/metrics.ts';
import { msFromNs } from '../../ground/time.ts';
import { formatRange, formatValue } from '../../journal/format-value.ts';
import { describeSteps } from '../../journal/healing-words.ts';
import type { DegradedRecord, Trial } from '../../journal/journal.ts';
import { ownValue } from '../../journal/kept-trial.ts';
import { parseMetricName } from '../../journal/metric-name.ts';
import { isLowerBound, isTrusted } from '../../journal/trusted.ts';
import type { Evidence } from '../evidence.ts';
import { momentsOf } from './lane-events.ts';
import { lanes, timeScale } from './lanes.ts';
import { type Content, html, type Markup } from './markup.ts';
import { pressureCurves } from './pressure.ts';
import { list, table } from './tables.ts';
import { verdictMark } from './verdict-mark.ts';

/**
 * All that is known of one trial, folded away.
 * @param fold what makes data of its inside; left out where it is in the page as it is.
 */
export function trialDetails(
  trial: Trial,
  evidence: Evidence,
  { open, fold = (inside) => inside }: { open: boolean; fold?: ((inside: Markup) => Markup) | undefined },
): Markup {
  const { index, verdict } = trial;
  return html`<details class="trial" data-verdict="${verdict}"${open ? html` open` : undefined}>
<summary><span id="trial-${index}">Trial ${index}</span> ${verdictMark(verdict)} ${lead(trial)}${place(trial)}</summary>
${fold(insideOf(trial, evidence))}
</details>\n`;
}

function insideOf(trial: Trial, evidence: Evidence): Markup {
  const { reason, notes = [], doubts = [] } = trial;
  return html`${reason === undefined ? undefined : html`<p><strong>Why:</strong> ${reason}</p>`}
${isTrusted(trial) ? undefined : html`<p>Its numbers do not count${doubts.length > 0 ? `: ${doubts.join('; ')}` : ''}.</p>`}
${list(notes)}
${drawing(trial, evidence)}
${faultTable(trial)}${momentTable(trial)}${disruptionTable(trial)}${metricsTable(trial)}${auditTable(trial)}
<p class="note">${recordsOf(trial)}</p>`;
}

/** Where it was made, in a run over several engines or machines. */
function place({ engine, machine }: Trial): Markup | undefined {
  const words = engine === undefined ? machine : `engine ${engine}`;
  return words === undefined ? undefined : html` <span class="note">(${words})</span>`;
}

/** The first of its outages, in a few words. */
function lead(trial: Trial): string {
  const metric = Object.keys(trial.metrics).find((name) => {
    const { role, after_healing } = declarationOf(name);
    return role === 'outage' && !after_healing;
  });
  return metric === undefined || !isTrusted(trial) ? '' : `${metric} ${valueWords(trial, metric)}`;
}

function drawing(trial: Trial, evidence: Evidence): Markup {
  const of = trial.records === undefined ? undefined : evidence.trials.get(trial.records);
  const nodes = evidence.layout?.nodes.map(({ name }) => name) ?? [];
  const end_ms = of?.windows ? msFromNs(of.windows.end_ns - of.windows.fault_ns) : undefined;
  const drawn = lanes(trial, nodes, end_ms);
  if (!drawn) return html`<p class="note">No timeline was noted.</p>`;
  const moments = momentsOf(trial, nodes);
  const end = Math.max(end_ms ?? 0, ...moments.map(({ at_ms }) => at_ms));
  const bars = [...trial.outages].map(({ start_ms, outage_ms }) => start_ms + outage_ms);
  const scale = timeScale([...moments, ...bars.map((at_ms) => ({ ...moments[0]!, at_ms }))], [], end);
  const curves = of && pressureCurves(of, scale);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="drawing of trial ${trial.index}">${drawn}${curves}</div>
${curves ? undefined : html`<p class="note">How busy the machine was during the trial is not known here: its records have no samples, or are gone.</p>`}`;
}

function faultTable({ faults }: Trial): Markup | undefined {
  if (faults.length === 0) return html`<p class="note">Nothing was broken.</p>`;
  const rows = faults.map(({ kind, target, resolved, applied_at, reverted_at, verified, healing }) => [
    kind,
    target,
    resolved,
    applied_at,
    `${reverted_at ?? 'not healed'}${healing ? ` (${describeSteps(healing)})` : ''}`,
    verified ? 'yes' : 'not seen to take effect',
  ]);
  return html`<h4>Faults</h4>${table('Faults', ['Kind', 'Target', 'Was', 'Applied', 'Healed', 'Verified'], rows)}`;
}

function momentTable({ timeline }: Trial): Markup | undefined {
  if (timeline.length === 0) return undefined;
  const rows = timeline.map(({ at_ms, detail }, at) => [String(at + 1), `${at_ms.toFixed(1)} ms`, detail]);
  return html`<h4>What happened</h4>${table('What happened', ['', 'After the fault', 'What'], rows, [0, 1])}`;
}

/** Every outage and every time of partial loss, none merged. */
function disruptionTable({ outages, degraded = [] }: Trial): Markup | undefined {
  const rows: { start_ms: number; cells: Content[] }[] = [
    ...outages.map(
      ({ probe, start_ms, outage_ms, outage_error_ms, lost, answered = 0, open, direction }) => ({
        start_ms,
        cells: [
          probe,
          ...span(start_ms, outage_ms, outage_error_ms, open),
          answered > 0 ? formatValue('_ratio', lost / (lost + answered)) : '100 %',
          lost,
          direction ?? 'not known',
        ],
      }),
    ),
    ...degraded.map((one) => ({
      start_ms: one.start_ms,
      cells: [
        one.probe,
        ...span(one.start_ms, one.degraded_ms, one.degraded_error_ms, one.open),
        shareLost(one),
        one.longest_run === undefined ? one.lost : `${one.lost}, at most ${one.longest_run} in a row`,
        one.direction ?? 'not known',
      ],
    })),
  ];
  if (rows.length === 0) return undefined;
  const sorted = rows.toSorted((a, b) => a.start_ms - b.start_ms).map(({ cells }) => cells);
  const head = ['Probe', 'From', 'Length', 'Lost', 'Requests', 'Direction'];
  return html`<h4>Disruptions</h4>${table('Disruptions', head, sorted, [1, 2, 3, 4])}`;
}

/** With its interval, where the journal has it. */
function shareLost({ loss_ratio, ratio_low, ratio_high }: DegradedRecord): string {
  const share = formatValue('_ratio', loss_ratio);
  if (ratio_low === undefined || ratio_high === undefined) return share;
  return `${share} (${formatValue('_ratio', ratio_low)} to ${formatValue('_ratio', ratio_high)})`;
}

function span(start_ms: number, long_ms: number, error_ms: number, open: boolean): string[] {
  const error = open ? '' : ` ± ${formatValue('_ms', error_ms)}`;
  return [`${start_ms.toFixed(1)} ms`, `${open ? 'at least ' : ''}${formatValue('_ms', long_ms)}${error}`];
}

function metricsTable(trial: Trial): Markup | undefined {
  const { metrics, missing_metrics = {}, bounds, missing_bounds = {} } = trial;
  const errors = new Set(Object.keys(metrics).map(errorOf));
  const names = Object.keys(metrics).filter((name) => !errors.has(name));
  const allowed = (name: string) => {
    if (Object.hasOwn(bounds, name)) return formatRange(name, bounds[name]!.low, bounds[name]!.high);
    return Object.hasOwn(missing_bounds, name) ? `not known: ${missing_bounds[name]}` : '';
  };
  const rows = [
    ...names.map((name) => [name, valueWords(trial, name), allowed(name)]),
    ...Object.entries(missing_metrics).map(([name, why]) => [name, 'not known', why]),
  ];
  if (rows.length === 0) return undefined;
  const warning = isTrusted(trial) ? '' : ' (they do not count)';
  return html`<details><summary>All ${rows.length} numbers${warning}</summary>
${table('Numbers', ['Metric', 'Value', 'Allowed'], rows, [1])}</details>`;
}

function valueWords(trial: Trial, metric: string): string {
  const value = formatValue(metric, ownValue(trial, metric)!);
  if (isLowerBound(trial, metric)) return `at least ${value}`;
  const error = ownValue(trial, errorOf(metric));
  return error === undefined ? value : `${value} ± ${formatValue(metric, error)}`;
}

/** The full name of the metric that says how far this one may be off; one that no trial has where there is none. */
function errorOf(metric: string): string {
  const { error = '' } = declarationOf(metric);
  const { measure } = parseMetricName(metric);
  return `${metric.slice(0, metric.length - measure.length)}${error}`;
}

function auditTable({ audits }: Trial): Markup | undefined {
  if (audits.length === 0) return undefined;
  const rows = audits.map(({ name, verdict, detail }) => [verdictMark(verdict), name, detail]);
  return html`<h4>Audits</h4>${table('Audits', ['Verdict', 'Audit', 'Seen'], rows)}`;
}

function recordsOf({ records, records_dropped }: Trial): string {
  if (records_dropped) return 'Its captures and records were not kept.';
  return records === undefined ? 'It has no records.' : `Captures and records: ${records}`;
}
