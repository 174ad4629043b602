import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { describeEnvironment } from '../drill/environment.ts';
import { topologiesFolder } from '../drill/find-drill.ts';
import type { Engine } from '../engine/connect.ts';
import { InterruptedError, UnknownError } from '../ground/errors.ts';
import { seededRandom } from '../ground/random.ts';
import { rfc3339FromEpochNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import { AccidentWatch } from '../lab/accident-watch.ts';
import type { Lab } from '../lab/lab.ts';
import { up } from '../lab/up.ts';
import { loadTopology } from '../topology/load-topology.ts';
import { assessCut } from './assess-cut.ts';
import { CALIBRATION_SCHEMA, type Calibration, type CutResult, type NullRun } from './calibration.ts';
import { makeBatch } from './cut-batch.ts';
import { INTERVAL_MS } from './instrument.ts';
import { nullRun } from './null-run.ts';
import { type PlannedCut, planCuts } from './plan.ts';
import { summarizeCalibration } from './summarize.ts';

/** So many cuts are made on one start of the instrument. */
const BATCH = 8;
/** Cuts that the machine spoiled are repeated, up to so many times as many cuts as were asked for in all. */
const MOST_CUTS_FACTOR = 2;
const MOST_NULL_RUNS = 2;
/** The engine reports what became of a container within this time. */
const REPORTED_MS = 500;

export interface CalibrationOptions {
  cuts: number;
  seed: number;
  null_ms: number;
  signal?: AbortSignal | undefined;
  onProgress?: (line: string) => void;
  /** Takes the raw records of each batch: name, content. */
  keepRecord?: (name: string, content: Uint8Array) => void;
}

/**
 * Compares the udp probe and the observer with cuts of known length, and with a time in which nothing is cut.
 * Builds a lab of its own and removes it.
 * @throws InputError for a number of cuts that is not taken; EnvironmentError; UnknownError when a cut was not
 *   made as it was meant; InterruptedError when the signal was given, after removing the lab.
 */
export async function runCalibration(engine: Engine, options: CalibrationOptions): Promise<Calibration> {
  const plan = planCuts(options.cuts, INTERVAL_MS, seededRandom(options.seed));
  const topology = await loadTopology(path.join(topologiesFolder(), 'calibration/calibration.clab.yml'));
  const run_id = randomUUID().slice(0, 8);
  const { signal, onProgress } = options;
  const started_at = rfc3339FromEpochNs(BigInt(Date.now()) * 1_000_000n);
  try {
    const name = `${topology.name}-${run_id}`;
    const lab = await up(engine, topology, { name, run_id, signal, ...(onProgress ? { onProgress } : {}) });
    try {
      await lab.agent.call('watch_pressure', {});
      const environment = await describeEnvironment(lab);
      const { cuts, null_run } = await measure(lab, plan, options);
      const summary = summarizeCalibration(options.cuts, cuts, null_run);
      return {
        schema: CALIBRATION_SCHEMA,
        seed: options.seed,
        started_at,
        environment,
        cuts,
        null_run,
        summary,
      };
    } finally {
      await lab.down();
    }
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError('interrupted: the lab was removed');
    throw error;
  }
}

/**
 * Everything that is measured.
 * @throws UnknownError when somebody else has changed the lab meanwhile, with what they did.
 */
async function measure(
  lab: Lab,
  plan: readonly PlannedCut[],
  options: CalibrationOptions,
): Promise<{ cuts: CutResult[]; null_run: NullRun }> {
  const watch = await AccidentWatch.begin(lab);
  const { signal } = options;
  const watched = { ...options, signal: AbortSignal.any([watch.signal, ...(signal ? [signal] : [])]) };
  try {
    const cuts = await makeCuts(lab, plan, watched);
    const null_run = await runWithoutCuts(lab, watched);
    await watch.look();
    refuseAccidents(watch);
    return { cuts, null_run };
  } catch (error) {
    if (signal?.aborted) throw error;
    // What fails in a lab that is being changed may be seen before the engine reports the change.
    await sleep(REPORTED_MS);
    refuseAccidents(watch);
    throw error;
  } finally {
    watch.end();
  }
}

function refuseAccidents({ accidents }: AccidentWatch): void {
  if (accidents.length > 0)
    throw new UnknownError(`the calibration was disturbed, and nothing is known: ${accidents.join('; ')}`);
}

async function makeCuts(
  lab: Lab,
  plan: readonly PlannedCut[],
  options: CalibrationOptions,
): Promise<CutResult[]> {
  const most = plan.length * MOST_CUTS_FACTOR;
  const waiting = [...plan];
  const results: CutResult[] = [];
  while (waiting.length > 0 && results.length < most) {
    const next = waiting.splice(0, Math.min(BATCH, most - results.length));
    options.onProgress?.(`cuts ${results.length + 1} to ${results.length + next.length}`);
    const batch = await makeBatch(lab, next, options.signal);
    const name = `cuts-${results.length + 1}-${results.length + next.length}`;
    for (const [file, content] of Object.entries({ ...batch.files, 'wire.pcap': batch.pcap }))
      options.keepRecord?.(`${name}-${file}`, content);
    for (const made of batch.cuts) {
      const result = assessCut(results.length + 1, made, batch);
      results.push(result);
      if (!result.accepted) waiting.push(made.plan);
    }
  }
  return results;
}

async function runWithoutCuts(lab: Lab, options: CalibrationOptions): Promise<NullRun> {
  for (let attempt = 1; ; attempt++) {
    options.onProgress?.(`nothing is cut for ${options.null_ms / 1000} s`);
    const run = await nullRun(lab, options.null_ms, options.signal);
    if (run.accepted || attempt >= MOST_NULL_RUNS) return run;
  }
}
