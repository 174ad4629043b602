import { parseEngineList } from '../engine/engine-list.ts';
import { ExitCode, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { checksExitCode, formatChecks, runChecks } from '../setup/doctor-checks.ts';
import { nodesCheck } from '../setup/nodes-check.ts';
import type { Command } from './context.ts';

const STOPPING = {
  first: 'stopping: removing the container that was tried',
  second: 'still removing it; once more to leave that to the engine',
};

interface DoctorOptions {
  json?: boolean;
  measure?: boolean;
  engines?: string;
}

/** What is there, what is missing and how to fix it; 3 when something needed is missing. */
export const doctor: Command<DoctorOptions> = async (context, { json, measure, engines }) => {
  if (measure && engines !== undefined)
    throw new InputError('--measure is of one engine, the one of DOCKER_HOST: leave out --engines');
  const stopping = () => context.interruptible(STOPPING);
  const checks =
    engines === undefined
      ? await runChecks(stopping)
      : await (await import('../setup/fleet-checks.ts')).fleetChecks(parseEngineList(engines), stopping);
  // Where something is missing no drill can be run.
  if (measure && checksExitCode(checks) === ExitCode.pass) {
    const { connectEngine } = await import('../engine/connect.ts');
    const { tryNodes } = await import('../calibration/bearable-nodes.ts');
    const options = { signal: context.interruptible(), onProgress: context.progress };
    checks.push(nodesCheck(await tryNodes(await connectEngine(), options)));
  }
  context.out(json ? jsonText(checks) : `${formatChecks(checks)}\n`);
  return checksExitCode(checks);
};
