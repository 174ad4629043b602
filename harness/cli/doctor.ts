import { ExitCode } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { formatChecks, runChecks } from '../setup/doctor-checks.ts';
import type { Command } from './context.ts';

/** What is there, what is missing and how to mend it; 3 when something needed is missing. */
export const doctor: Command<{ json?: boolean }> = async (context, { json }) => {
  const checks = await runChecks();
  context.out(json ? jsonText(checks) : `${formatChecks(checks)}\n`);
  return checks.some((check) => check.status === 'missing') ? ExitCode.environment : ExitCode.pass;
};
