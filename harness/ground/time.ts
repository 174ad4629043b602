import { InputError } from './errors.ts';

/**
 * A moment as nanoseconds of CLOCK_REALTIME after the lab's epoch (the moment its fabric started).
 * Relative, so that it fits a JavaScript number exactly for 104 days; every container shares the
 * kernel's clock, so moments taken in different nodes can be compared.
 */
export type LabTime = number;

export const NS_PER_MS = 1_000_000;

/** Nanoseconds as milliseconds. */
export function msFromNs(ns: number): number {
  return ns / NS_PER_MS;
}

/** RFC 3339 in UTC with nine fractional digits, from nanoseconds since 1970. */
export function rfc3339FromEpochNs(epoch_ns: bigint): string {
  const seconds = epoch_ns / 1_000_000_000n;
  const nanos = (epoch_ns % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${nanos}Z`;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** No lab is watched for longer; a timer of Node's ends at 24 days, and one that is set beyond that goes off at once. */
const LONGEST_WAIT_MS = 86_400_000;

/**
 * `500ms`, `3s`, `1.5 s`, `2m`, or a bare number of seconds, in milliseconds.
 * @throws InputError when the text is none of these.
 */
export function parseDurationMs(text: string | number): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/.exec(String(text));
  if (!match) throw new InputError(`'${text}' is not a duration: write it like 500ms, 3s or 2m`);
  return Number(match[1]) * UNIT_MS[match[2] ?? 's']!;
}

/** The same of what hadrill itself is to wait for. @throws InputError also for more than 24 hours. */
export function parseWaitMs(text: string | number): number {
  const ms = parseDurationMs(text);
  if (ms <= LONGEST_WAIT_MS) return ms;
  throw new InputError(`'${text}' is too long: a duration is at most 24 hours`);
}
