import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { calibrateEngines, type EngineCalibration } from '../calibration/calibrate-engines.ts';
import { MOST_CUTS } from '../calibration/plan.ts';
import { type CalibrationOptions, runCalibration } from '../calibration/run-calibration.ts';
import { connectEngine } from '../engine/connect.ts';
import { parseEngineList } from '../engine/engine-list.ts';
import { EnvironmentError, ExitCode, InputError, messageOf } from '../ground/errors.ts';
import { makeFreshFolder } from '../ground/fresh-folder.ts';
import { calibrationText } from '../report/calibration-text.ts';
import { calibrationsText } from '../report/calibrations-text.ts';
import type { Command, CommandContext } from './context.ts';
import { openEngines } from './open-engines.ts';

interface CalibrateCommand {
  cuts: number;
  seed: number;
  null: number;
  engines?: string;
  out?: string;
  json?: boolean;
}

const SHORTEST_NULL_MS = 1000;
const LONGEST_NULL_MS = 600_000;
const CALIBRATIONS_SCHEMA = 'hadrill.calibrations/1';
/** The first of these that one engine ends with is that of all. */
const WORST_FIRST = [ExitCode.fail, ExitCode.input, ExitCode.environment, ExitCode.unknown, ExitCode.pass];

/** Measures the instrument: cuts of known length, and a time without any; on one engine, or on each of a list. */
export const calibrate: Command<CalibrateCommand> = async (context, options) => {
  checkOptions(options);
  if (options.engines !== undefined) return ofEngines(context, options, options.engines);
  const folder = options.out === undefined ? undefined : resultFolder(options.out, options.seed);
  const signal = context.interruptible();
  const calibration = await runCalibration(await connectEngine(), {
    ...optionsOf(options, folder, signal),
    onProgress: context.progress,
  });
  const json = jsonOf(calibration);
  keeper(folder)('calibration.json', json);
  context.out(options.json ? json : calibrationText(calibration));
  if (folder !== undefined) context.say(`records: ${folder}`);
  return ExitCode[calibration.summary.verdict];
};

async function ofEngines(context: CommandContext, options: CalibrateCommand, list: string): Promise<number> {
  const addresses = parseEngineList(list);
  const engines = await openEngines(addresses, context);
  const folder = options.out === undefined ? undefined : resultFolder(options.out, options.seed);
  const signal = context.interruptible();
  const folders = new Map(engines.map(({ name }) => [name, folder && subFolder(folder, name)]));
  const ofOne = (name: string): CalibrationOptions => ({
    ...optionsOf(options, folders.get(name), signal),
    onProgress: (line) => context.progress(`${name}: ${line}`),
  });
  const made = await calibrateEngines(engines, ({ name }) => ofOne(name), signal);
  for (const { engine, calibration } of made)
    if (calibration) keeper(folders.get(engine))('calibration.json', jsonOf(calibration));
  context.out(options.json ? jsonOf(documentOf(made)) : calibrationsText(made));
  if (folder !== undefined) context.say(`records: ${folder}`);
  return WORST_FIRST.find((code) => made.some(({ exit_code }) => exit_code === code)) ?? ExitCode.unknown;
}

function documentOf(made: readonly EngineCalibration[]): object {
  return { schema: CALIBRATIONS_SCHEMA, engines: made.map(({ exit_code: _, ...one }) => one) };
}

function optionsOf(
  { cuts, seed, null: null_ms }: CalibrateCommand,
  folder: string | undefined,
  signal: AbortSignal,
): CalibrationOptions {
  return { cuts, seed, null_ms, signal, keepRecord: keeper(folder) };
}

/** Writes into a folder, where there is one. */
function keeper(folder: string | undefined): (name: string, content: string | Uint8Array) => void {
  return (name, content) => {
    if (folder !== undefined) writing(folder, () => writeFileSync(path.join(folder, name), content));
  };
}

function jsonOf(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function checkOptions({ cuts, null: null_ms }: CalibrateCommand): void {
  const problems = [];
  if (cuts < 1 || cuts > MOST_CUTS)
    problems.push({ message: `--cuts must be from 1 to ${MOST_CUTS}, not ${cuts}` });
  if (null_ms < SHORTEST_NULL_MS || null_ms > LONGEST_NULL_MS)
    problems.push({ message: '--null must be from 1s to 10m' });
  if (problems.length > 0) throw new InputError(problems);
}

/** `<out>/calibration/<UTC time>-<seed>/`, made now: not after minutes of measuring. */
function resultFolder(out: string, seed: number): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const wanted = path.resolve(out, 'calibration', `${time}-${seed}`);
  return writing(wanted, () => makeFreshFolder(wanted));
}

/** Of one engine, below that of all. */
function subFolder(folder: string, engine: string): string {
  const wanted = path.join(folder, engine);
  return writing(wanted, () => makeFreshFolder(wanted));
}

function writing<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnvironmentError(`the records can't be written to ${folder}: ${messageOf(error)}`, {
      remedy: 'free room on that disk or choose another folder with --out',
    });
  }
}
