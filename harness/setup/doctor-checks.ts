import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { connectEngine, type Engine } from '../engine/connect.ts';
import { describeEngine, type EngineDetails } from '../engine/describe-engine.ts';
import { imagesPresent } from '../engine/ensure-images.ts';
import { HadrillError, messageOf } from '../ground/errors.ts';
import type { Check } from './check.ts';
import {
  debianCheck,
  diskCheck,
  engineCheck,
  imagesCheck,
  limitsCheck,
  trialChecks,
} from './engine-checks.ts';
import { tryFabric, type WatchedMachine } from './fabric-trial.ts';
import { dependenciesCheck, nodeCheck, stealCheck } from './local-checks.ts';
import { clockOffset, machineChecks } from './machine-checks.ts';

export { type Check, checksExitCode, formatChecks } from './check.ts';

/**
 * What this machine and its engine can and cannot do. Changes nothing; a container that is started to find
 * out is removed again. What cannot be found out is a check that says so.
 * @param stopping asked for right before that container is made: until then there is nothing to remove.
 * @throws InterruptedError when that was aborted, after the removal.
 */
export async function runChecks(stopping: () => AbortSignal | undefined): Promise<Check[]> {
  const checks: Check[] = [nodeCheck()];
  checks.push(await guarded('dependencies', dependenciesCheck));
  const engine = await connectEngine().catch((error: unknown) => failed('engine', error));
  if ('status' in engine) return [...checks, engine];
  checks.push(...(await engineChecks(engine, await describeEngine(engine), { stopping })));
  if (engine.info.local && engine.info.kernel === release()) {
    const steal = stealCheck(await readFile('/proc/stat', 'utf8').catch(() => ''));
    if (steal) checks.push(steal);
  }
  return checks;
}

interface LookOptions {
  stopping: () => AbortSignal | undefined;
  /** Of one engine of several: for so long its machine is watched as well, in s. */
  watch_s?: number;
}

/** The same of an engine alone, wherever it is. */
export async function engineChecks(
  engine: Engine,
  details: EngineDetails,
  options: LookOptions,
): Promise<Check[]> {
  const limits = limitsCheck(engine);
  return [
    engineCheck(engine, details),
    ...(limits ? [limits] : []),
    ...(await imageChecks(engine, details, options)),
  ];
}

async function imageChecks(
  engine: Engine,
  details: EngineDetails,
  { stopping, watch_s }: LookOptions,
): Promise<Check[]> {
  const machine = async (watched?: WatchedMachine) =>
    watch_s === undefined ? [] : machineChecks(details, watched, await clockOffset(engine));
  const images = await imagesPresent(engine).catch((error: unknown) => failed('images', error));
  if ('status' in images) return [images];
  const check = imagesCheck(images);
  const built = check.status === 'ok';
  const checks = [check, await guarded('disk', () => diskCheck(engine, details, built))];
  if (!images.get('base')?.present) checks.push(await guarded('debian base', () => debianCheck(engine)));
  const fabric = images.get('fabric');
  if (fabric?.present) {
    const trial = await tryFabric(engine, fabric.tag, { signal: stopping(), watch_s });
    const tried = trialChecks(trial, { memory_bytes: details.memory_bytes, images });
    return [...checks, ...tried, ...(await machine(typeof trial === 'string' ? undefined : trial.watched))];
  }
  const detail = 'not tried: its image is not built';
  return [
    ...checks,
    { name: 'fabric', status: 'limited', detail, remedy: 'run `npm run setup`, then look again' },
    ...(await machine()),
  ];
}

async function guarded(name: string, look: () => Promise<Check>): Promise<Check> {
  return look().catch((error: unknown) => failed(name, error));
}

/** A look that went wrong, as a check that says so. */
export function failed(name: string, error: unknown): Check {
  const remedy = error instanceof HadrillError ? error.remedy : undefined;
  return { name, status: 'missing', detail: messageOf(error), ...(remedy ? { remedy } : {}) };
}
