import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { MOST_CUTS } from '../calibration/plan.ts';
import { runCalibration } from '../calibration/run-calibration.ts';
import { connectEngine } from '../engine/connect.ts';
import { EnvironmentError, ExitCode, InputError, messageOf } from '../ground/errors.ts';
import { makeFreshFolder } from '../ground/fresh-folder.ts';
import { calibrationText } from '../report/calibration-text.ts';
import type { Command } from './context.ts';

interface CalibrateCommand {
  cuts: number;
  seed: number;
  null: number;
  out?: string;
  json?: boolean;
}

const SHORTEST_NULL_MS = 1000;
const LONGEST_NULL_MS = 600_000;

/** Measures the instrument: cuts of known length, and a time without any. */
export const calibrate: Command<CalibrateCommand> = async (context, options) => {
  checkOptions(options);
  const folder = options.out === undefined ? undefined : resultFolder(options.out, options.seed);
  const keep = (name: string, content: string | Uint8Array) => {
    if (folder !== undefined) writing(folder, () => writeFileSync(path.join(folder, name), content));
  };
  const calibration = await runCalibration(await connectEngine(), {
    cuts: options.cuts,
    seed: options.seed,
    null_ms: options.null,
    signal: context.interruptible(),
    onProgress: context.progress,
    keepRecord: keep,
  });
  const json = `${JSON.stringify(calibration, null, 2)}\n`;
  keep('calibration.json', json);
  context.out(options.json ? json : calibrationText(calibration));
  if (folder !== undefined) context.say(`records: ${folder}`);
  return ExitCode[calibration.summary.verdict];
};

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

function writing<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnvironmentError(`the records can't be written to ${folder}: ${messageOf(error)}`, {
      remedy: 'free room on that disk or choose another folder with --out',
    });
  }
}
