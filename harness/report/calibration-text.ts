import { median } from 'simple-statistics';
import type { Calibration, CutResult, ErrorSummary } from '../calibration/calibration.ts';
import { formatValue } from '../journal/format-value.ts';
import { textTable } from './text-table.ts';

/** A calibration for people: errors by kind and length of cut, then what follows from them. */
export function calibrationText(calibration: Calibration): string {
  const { summary, null_run } = calibration;
  const lines = [
    errorTable(calibration.cuts),
    `accepted   ${summary.accepted} of ${summary.cuts} cuts${acceptanceNote(calibration)}`,
    errorLine('probe', summary.probe, summary.limits.probe_p99_abs_error_ms),
    errorLine('observer', summary.observer, summary.limits.observer_p99_abs_error_ms),
    `no cut     ${formatValue('duration_ms', null_run.duration_ms)}: ${null_run.outages} outages, ` +
      `${null_run.resets} resets, ${null_run.dead} of ${null_run.sessions} sessions dead, ` +
      `${null_run.lost} of ${null_run.sent} datagrams lost`,
    `seed       ${calibration.seed}`,
    '',
    `verdict    ${summary.verdict}`,
    ...summary.reasons.map((reason) => `           ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function errorTable(cuts: readonly CutResult[]): string {
  const groups = new Map<string, CutResult[]>();
  for (const cut of cuts) {
    const key = `${cut.kind} ${cut.direction} ${String(cut.asked_ms).padStart(6)}`;
    const group = groups.get(key);
    if (group) group.push(cut);
    else groups.set(key, [cut]);
  }
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const accepted = group.filter((cut) => cut.accepted);
      const [{ kind, direction, asked_ms }] = group as [CutResult];
      return [
        `${kind} ${direction}`,
        formatValue('asked_ms', asked_ms),
        `${accepted.length}/${group.length}`,
        ...errorCells(accepted.map((cut) => cut.probe.error_ms)),
        ...errorCells(accepted.map((cut) => cut.observer.error_ms)),
      ];
    });
  const head = [
    'cut',
    'length',
    'accepted',
    'probe: median error',
    'worst',
    'observer: median error',
    'worst',
  ];
  return textTable(head, rows, { right: [1, 2, 3, 4, 5, 6] });
}

function errorCells(errors_ms: readonly number[]): [string, string] {
  if (errors_ms.length === 0) return ['-', '-'];
  const worst = errors_ms.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return [signed(median([...errors_ms])), signed(worst)];
}

function signed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${Math.abs(ms).toFixed(2)} ms`;
}

function errorLine(name: string, errors: ErrorSummary | null, limit_ms: number): string {
  if (!errors) return `${name.padEnd(10)} nothing to say: no cut was accepted`;
  const { p50_abs_error_ms, p99_abs_error_ms, max_abs_error_ms, bias_ms } = errors;
  const verdict = p99_abs_error_ms <= limit_ms ? 'keeps' : 'exceeds';
  return (
    `${name.padEnd(10)} |error| median ${p50_abs_error_ms.toFixed(2)}, p99 ${p99_abs_error_ms.toFixed(2)}, ` +
    `worst ${max_abs_error_ms.toFixed(2)} ms; bias ${signed(bias_ms)}: ${verdict} ${limit_ms} ms at p99`
  );
}

function acceptanceNote({ cuts, summary }: Calibration): string {
  const reasons = new Set(cuts.flatMap((cut) => cut.reason?.replace(/ [\d.]+ (ms|%)/g, '') ?? []));
  return reasons.size === 0
    ? ''
    : ` (${summary.asked} were asked for; the others: the machine starved the instrument)`;
}
