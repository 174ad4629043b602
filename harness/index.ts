/** The library: what `import ... from 'hadrill'` gives. */

import type { MeasureOptions } from './drill/hand-context.ts';
import { HandTrial } from './drill/hand-trial.ts';
import { loadDrill } from './drill/load-drill.ts';
import { runDrill as run } from './drill/run-drill.ts';
import type { RunOptions, RunResult } from './drill/run-options.ts';
import { connectEngine } from './engine/connect.ts';
import { formatProblem } from './ground/errors.ts';
import { freshSeed } from './ground/random.ts';
import type { Lab } from './lab/lab.ts';
import type { UpOptions } from './lab/up.ts';
import { writePage } from './report/write-page.ts';
import { loadSystems } from './systems/load-systems.ts';
import { openLab as open } from './systems/open-lab.ts';
import { loadTopology } from './topology/load-topology.ts';
import { NamedVariables, refuseUnasked } from './topology/named-variables.ts';

export type { MeasureOptions } from './drill/hand-context.ts';
export type { HandTrial } from './drill/hand-trial.ts';
export { Injection } from './drill/inject.ts';
export type { RunOptions, RunResult } from './drill/run-options.ts';
export { faults } from './faults/registry.ts';
export * from './ground/errors.ts';
export type * from './journal/environment.ts';
export type * from './journal/journal.ts';
export type * from './journal/system-records.ts';
export type { Lab, LabNode } from './lab/lab.ts';
export type { ProbeKind } from './probes/probe.ts';
export { probes } from './probes/registry.ts';
export type { FaultKind } from './systems/fault.ts';
export * from './systems/programs.ts';

/**
 * Builds a lab from a containerlab file. It is removed when it is disposed of (`await using`), or when this
 * process ends in any way.
 * @param options.allow_host_binds binds may give a node power over this machine: `/`, the engine's socket.
 * @param options.strict what of the file would be ignored is refused.
 * @param options.variables values for `${NAME}` in the file; nothing is taken from the environment of this process.
 * @throws InputError for a wrong file, also in the words of a daemon that refuses it; EnvironmentError when the engine
 *   can't; DeadlineError when a node does not become healthy. Nothing is left behind then.
 */
export async function openLab(
  file: string,
  {
    allow_host_binds = false,
    strict = false,
    variables = {},
    ...options
  }: UpOptions & {
    allow_host_binds?: boolean;
    strict?: boolean;
    variables?: Readonly<Record<string, string>>;
  } = {},
): Promise<Lab> {
  const used = new NamedVariables(variables);
  const { env } = used;
  const topology = await loadTopology(file, { env, allow_host_binds, strict });
  const systems = await loadSystems(topology, env);
  refuseUnasked(variables, used.asked());
  for (const note of [...(topology.notes ?? []), ...systems.notes])
    options.onProgress?.(`note: ${formatProblem(note)}`);
  return open(await connectEngine(), topology, systems, options);
}

/**
 * Runs a drill, given as a shipped name or a path, and gives its journal and the folder of its records.
 * @param options one trial, a fresh seed and the folder `results` unless given; `variables` as for `openLab`, before
 *   the drill's own.
 * @throws as `openLab`; InterruptedError when `signal` was given, after healing.
 */
export async function runDrill(
  nameOrPath: string,
  options: Partial<RunOptions> & {
    profile?: string;
    allow_host_binds?: boolean;
    variables?: Readonly<Record<string, string>>;
  } = {},
): Promise<RunResult> {
  const loaded = await loadDrill(nameOrPath, options.profile, {
    allow_host_binds: options.allow_host_binds ?? false,
    variables: options.variables ?? {},
  });
  refuseUnasked(options.variables ?? {}, loaded.asked);
  const engine = await connectEngine();
  const asked = { trials: 1, seed: freshSeed(), out: 'results', keep: false, ...options };
  const result = await run(engine, loaded, asked);
  await page(result);
  return result;
}

/**
 * Begins a trial without a drill file: the lab is seen to be steady, probes and captures run when this returns. Break what
 * you like by `fault`, then ask for the `result`: the same numbers, with their errors and bounds, as those of a drill.
 * @param lab of `openLab`.
 * @param options probes and hold as in a drill file; `out` is the folder for results, `results` by default.
 * @throws InputError for probes that do not fit the lab; UnknownError when it does not get steady; DeadlineError.
 */
export function measure(lab: Lab, options: MeasureOptions): Promise<HandTrial> {
  return HandTrial.begin(lab, options, page);
}

/** The report as a page, beside the journal. */
function page({ folder, journal }: RunResult): Promise<string> {
  return writePage(folder, journal);
}
