import { InputError } from '../ground/errors.ts';

const UNITS: [RegExp, number][] = [
  [/^(?:|s|sec)$/i, 1000],
  [/^(?:ms|msec)$/i, 1],
  [/^(?:us|usec)$/i, 0.001],
  [/^(?:m|min)$/i, 60_000],
  [/^(?:h|hr)$/i, 3_600_000],
];

const ISO = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;

/**
 * A Pacemaker time in ms: a bare number of seconds, a number with `ms`, `us`, `s`, `sec`, `m`, `min`, `h`,
 * `hr`, or an ISO 8601 duration of weeks, days, hours, minutes and seconds (years and months have no fixed
 * length). Pacemaker drops what stands after a decimal point, and what is less than a millisecond: so does this.
 * @throws InputError when the text is none of these.
 */
export function pacemakerTimeMs(text: string): number {
  const ms = text.startsWith('P') ? isoMs(text) : plainMs(text);
  if (ms === undefined || !Number.isSafeInteger(ms)) {
    throw new InputError(
      `'${text.slice(0, 80)}' is no Pacemaker time: write it like 1s, 500ms, 1min, 20 or PT1M30S`,
    );
  }
  return ms;
}

function plainMs(text: string): number | undefined {
  const match = /^\s*(\d+)(?:\.\d*)?\s*([a-z]*)\s*$/i.exec(text);
  const unit = UNITS.find(([words]) => words.test(match?.[2] ?? '?'));
  return match && unit ? Math.trunc(Number(match[1]) * unit[1]) : undefined;
}

function isoMs(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match || !/\d/.test(text) || text.endsWith('T')) return undefined;
  const [weeks, days, hours, minutes, secs] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60 + secs!) * 1000;
}
