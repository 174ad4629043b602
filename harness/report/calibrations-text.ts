import type { EngineCalibration } from '../calibration/calibrate-engines.ts';
import { cleanLine } from '../ground/clean-text.ts';
import { calibrationText } from './calibration-text.ts';
import { textTable } from './text-table.ts';

/** Calibrations of several engines for people: each as if it were alone, then a line for each. */
export function calibrationsText(engines: readonly EngineCalibration[]): string {
  const each = engines.map(({ engine, calibration, error }) => {
    const found = calibration
      ? calibrationText(calibration)
      : `${error?.replaceAll('\n', '\n           ')}\n`;
    return `engine     ${engine}\n${found}\n`;
  });
  const head = ['engine', 'verdict', 'accepted', 'probe: p99', 'observer: p99', 'machine'];
  return each.join('') + textTable(head, engines.map(row), { right: [2, 3, 4] });
}

function row({ engine, machine, calibration, error }: EngineCalibration): string[] {
  if (!calibration) return [engine, 'none', '-', '-', '-', cleanLine(error ?? '')];
  const { accepted, cuts, probe, observer, verdict } = calibration.summary;
  const p99 = (errors: typeof probe) => (errors ? `${errors.p99_abs_error_ms.toFixed(2)} ms` : '-');
  return [engine, verdict, `${accepted}/${cuts}`, p99(probe), p99(observer), machine ?? 'unnamed'];
}
