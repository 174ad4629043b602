import type { NamedEngine } from '../engine/connect-engines.ts';
import { ExitCode, HadrillError, InterruptedError } from '../ground/errors.ts';
import type { Calibration } from './calibration.ts';
import { type CalibrationOptions, runCalibration } from './run-calibration.ts';

/** What came of one of several engines: its calibration, or why there is none. */
export interface EngineCalibration {
  engine: string;
  machine?: string;
  calibration?: Calibration;
  /** For people. */
  error?: string;
  /** What it would have ended with, alone. */
  exit_code: ExitCode;
}

/**
 * Calibrates each. Those of machines with one name, one after the other: they would starve each other.
 * @returns what came of each, in the order of the list; one that fails ends none of the others.
 * @throws InterruptedError when the signal was given, after all labs were removed; an error that no engine is to blame for.
 */
export async function calibrateEngines(
  engines: readonly NamedEngine[],
  optionsOf: (engine: NamedEngine) => CalibrationOptions,
  signal: AbortSignal,
  calibrate = runCalibration,
): Promise<EngineCalibration[]> {
  const machines = Map.groupBy(engines, ({ name, details }) => details.machine ?? `${name}, unnamed`);
  const made = new Map<NamedEngine, EngineCalibration>();
  const ended = await Promise.allSettled(
    [...machines.values()].map(async (same) => {
      for (const engine of same)
        made.set(engine, await one(engine, () => calibrate(engine, optionsOf(engine))));
    }),
  );
  if (signal.aborted) throw new InterruptedError('interrupted: the labs were removed');
  for (const machine of ended) if (machine.status === 'rejected') throw machine.reason;
  return engines.map((engine) => made.get(engine)!);
}

async function one(
  { name, details: { machine } }: NamedEngine,
  calibrate: () => Promise<Calibration>,
): Promise<EngineCalibration> {
  const where = { engine: name, ...(machine === undefined ? {} : { machine }) };
  try {
    const calibration = await calibrate();
    return { ...where, calibration, exit_code: ExitCode[calibration.summary.verdict] };
  } catch (error) {
    if (!(error instanceof HadrillError) || error instanceof InterruptedError) throw error;
    const remedy = error.remedy === undefined ? '' : `: ${error.remedy}`;
    return { ...where, error: `${error.message}${remedy}`, exit_code: error.exitCode };
  }
}
