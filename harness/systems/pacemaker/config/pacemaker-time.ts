import { InputError } from '../../../ground/errors.ts';

/** Pacemaker looks only at how the rest begins: `1m30s` is a minute, `5minutes` are five. */
const UNITS: [RegExp, number][] = [
  [/^ms/i, 1],
  [/^us/i, 0.001],
  [/^s/i, 1000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^(?:$|[\n\r])/, 1000],
];

/** What an unsigned and a signed number of 32 bits hold: Pacemaker makes more of either the most. */
const MOST_INTERVAL_MS = 2 ** 32 - 1;
const MOST_TIMEOUT_MS = 2 ** 31 - 1;

/** The one form of an ISO 8601 duration in which every version of Pacemaker finds the same time. */
const ISO = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?(?:\s|$)/;

/**
 * An operation's interval in ms: a bare number of seconds, a number with a unit, or an ISO 8601 duration of hours,
 * minutes and seconds. What stands after a decimal point, and what is less than a millisecond, is dropped.
 * @returns undefined for what Pacemaker takes for no interval; 0 is none as well.
 * @throws InputError for a duration with days, weeks, months or years: Pacemaker 3.0 counts one day too few.
 */
export function pacemakerIntervalMs(text: string): number | undefined {
  const ms = text.startsWith('P') ? isoMs(text) : plainMs(text);
  return ms === undefined || ms < 0 ? undefined : Math.min(ms, MOST_INTERVAL_MS);
}

/**
 * A timeout or a delay in ms: a bare number of seconds, or a number with a unit. ISO 8601 is not taken here.
 * @returns undefined for what Pacemaker takes for no timeout, 0 among it: then its default counts.
 */
export function pacemakerTimeoutMs(text: string): number | undefined {
  const ms = plainMs(text);
  return ms === undefined || ms <= 0 ? undefined : Math.min(ms, MOST_TIMEOUT_MS);
}

function plainMs(text: string): number | undefined {
  const [, digits, rest] = /^\s*([+-]?\d+)(?:\.\d*)?[ \t]*([\s\S]*)$/.exec(text) ?? [];
  const unit = UNITS.find(([words]) => words.test(rest ?? '?'));
  return digits !== undefined && unit ? Math.trunc(Number(digits) * unit[1]) : undefined;
}

function isoMs(text: string): number {
  const match = ISO.exec(text);
  if (!match) {
    throw new InputError(
      `the interval '${text.slice(0, 80)}' is not followed: write it like 1s, 500ms, 1min or PT1M30S`,
    );
  }
  const [hours, minutes, secs] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours! * 60 + minutes!) * 60 + secs!) * 1000;
}
