import { cleanText } from '../ground/clean-text.ts';
import { ExitCode } from '../ground/errors.ts';

/** One thing that this machine can or cannot do. */
export interface Check {
  /** Of several engines: whose it is. */
  engine?: string;
  name: string;
  /** `limited`: drills run, but something is worse than it could be or was not looked at. */
  status: 'ok' | 'missing' | 'limited';
  detail: string;
  /** What the reader can do about it. */
  remedy?: string;
}

/** One line a check: status, name, detail and remedy, in columns; what engines and kernels say made fit for a terminal. */
export function formatChecks(checks: readonly Check[]): string {
  const named = ({ engine, name }: Check) => (engine === undefined ? name : `${engine}: ${name}`);
  const width = Math.max(0, ...checks.map((check) => named(check).length));
  return checks
    .map((check) => {
      const line = `${check.status.padEnd(7)}  ${named(check).padEnd(width)}  ${check.detail}`;
      const whole = check.remedy ? `${line} — ${check.remedy}` : line;
      return cleanText(whole).replace(/\s*\n\s*/g, '; ');
    })
    .join('\n');
}

/** 0 when everything that drills need is there, else 3. What is only limited does not fail. */
export function checksExitCode(checks: readonly Check[]): ExitCode {
  return checks.some((check) => check.status === 'missing') ? ExitCode.environment : ExitCode.pass;
}
