import { jsonText } from '../ground/json-text.ts';
import { checksExitCode, formatChecks, runChecks } from '../setup/doctor-checks.ts';
import type { Command } from './context.ts';

const STOPPING = {
  first: 'stopping: removing the container that was tried',
  second: 'still removing it; once more to leave that to the engine',
};

/** What is there, what is missing and how to fix it; 3 when something needed is missing. */
export const doctor: Command<{ json?: boolean }> = async (context, { json }) => {
  const checks = await runChecks(() => context.interruptible(STOPPING));
  context.out(json ? jsonText(checks) : `${formatChecks(checks)}\n`);
  return checksExitCode(checks);
};
