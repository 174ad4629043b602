import { cleanLine } from './clean-text.ts';

/**
 * What a failure means to the caller. The exit codes are a fixed contract of the command line:
 * 1 an expectation failed, 2 bad input, 3 the environment can't, 4 unknown, 130 interrupted.
 */
export const ExitCode = {
  pass: 0,
  fail: 1,
  input: 2,
  environment: 3,
  unknown: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The same in words. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  [ExitCode.pass]: 'pass; a command without a verdict did what was asked',
  [ExitCode.fail]: 'an expectation failed',
  [ExitCode.input]: 'bad input: file, line, what was expected',
  [ExitCode.environment]:
    "the environment can't: no engine, a missing right or kernel feature, no room for results",
  [ExitCode.unknown]: 'unknown: it could not be measured, which never counts as a pass',
  [ExitCode.interrupted]: 'interrupted, healed',
};

/** A place in a file, as an editor counts: lines and columns start at 1. */
export interface Position {
  file: string;
  line?: number;
  column?: number;
}

/** `file:line:column`, with the parts that are known. */
export function formatPosition(position: Position): string {
  return [position.file, position.line, position.line === undefined ? undefined : position.column]
    .filter((part) => part !== undefined)
    .join(':');
}

interface HadrillErrorOptions {
  /** What the reader can do about it, one sentence. */
  remedy?: string;
  cause?: unknown;
}

/** Every failure that hadrill foresees: printed without a stack trace, ends the command with `exitCode`. */
export abstract class HadrillError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(message: string, options: HadrillErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.remedy = options.remedy;
  }
}

/** One thing that is wrong in the input. */
export interface InputProblem {
  message: string;
  position?: Position;
}

/** The input is wrong: a file, a flag, a name. Carries every problem found, not only the first. */
export class InputError extends HadrillError {
  readonly exitCode = ExitCode.input;
  readonly problems: readonly InputProblem[];

  constructor(problems: string | readonly InputProblem[], options: HadrillErrorOptions = {}) {
    const list = typeof problems === 'string' ? [{ message: problems }] : problems;
    super(formatProblems(list), options);
    this.problems = list;
  }
}

/** Of a file that is wrong all over, not every line is reported. */
const MOST_PROBLEMS = 50;

function formatProblems(problems: readonly InputProblem[]): string {
  const lines = problems.slice(0, MOST_PROBLEMS).map(formatProblem);
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** `file:line:column: message`. */
export function formatProblem(problem: InputProblem): string {
  const place = problem.position ? `${formatPosition(problem.position)}: ` : '';
  return cleanLine(place) + cleanLine(problem.message);
}

/** This machine, engine or kernel cannot do what was asked. */
export class EnvironmentError extends HadrillError {
  readonly exitCode = ExitCode.environment;
}

/** Something that should have happened within its deadline did not, so nothing can be said: `unknown`. */
export class DeadlineError extends HadrillError {
  readonly exitCode = ExitCode.unknown;
  readonly awaited: string;
  readonly timeout_ms: number;

  constructor(
    wait: { awaited: string; timeout_ms: number; last_seen?: string; log?: string },
    options: HadrillErrorOptions = {},
  ) {
    const parts = [`waited ${formatMs(wait.timeout_ms)} for ${wait.awaited}`];
    if (wait.last_seen) parts.push(`last seen: ${wait.last_seen}`);
    if (wait.log) parts.push(`last log lines:\n${indent(wait.log)}`);
    super(parts.join('\n'), options);
    this.awaited = wait.awaited;
    this.timeout_ms = wait.timeout_ms;
  }
}

/** The measurement itself could not be made or trusted: the verdict is `unknown`. */
export class UnknownError extends HadrillError {
  readonly exitCode = ExitCode.unknown;
}

/** The user asked to stop (Ctrl-C, SIGTERM). Raised only after everything was healed. */
export class InterruptedError extends HadrillError {
  readonly exitCode = ExitCode.interrupted;
  /** The signal that asked for it. */
  readonly by: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  constructor(message = 'interrupted', by: InterruptedError['by'] = 'SIGINT') {
    super(message);
    this.by = by;
  }
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function formatMs(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
}
