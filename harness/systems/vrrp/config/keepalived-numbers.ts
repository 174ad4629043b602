/** keepalived reads numbers so; `undefined`: it logs them and goes on without. */

/** A whole number in base 10, and nothing after it. */
export function wholeNumber(text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined || !/^\s*[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

/** A whole number where keepalived only warns of what follows it: `5s` is 5. */
export function looseNumber(text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const digits = /^\s*[+-]?\d*/.exec(text)![0];
  const value = /\d/.test(digits) ? Number(digits) : 0;
  return value >= low && value <= high ? value : undefined;
}

/**
 * A decimal number in units of 10^-`places`: `0.3` with 3 places is 300. keepalived puts the missing zeros after the
 * text and reads its digits, so `2s` with 3 places is 2, not 2000.
 */
export function decimalNumber(
  text: string | undefined,
  low: number,
  high: number,
  places: number,
): number | undefined {
  if (text === undefined || text.startsWith('-')) return undefined;
  const point = text.indexOf('.');
  const fraction = point < 0 ? '' : text.slice(point + 1);
  const kept = fraction.slice(0, places);
  const whole = point < 0 ? text : text.slice(0, point);
  const digits = /^\s*\+?\d*/.exec(whole + kept.padEnd(places, '0'))![0];
  const rounded = fraction.length > places && fraction[places]! >= '5' ? 1 : 0;
  const value = (/\d/.test(digits) ? Number(digits) : 0) + rounded;
  return value >= low && value <= high ? value : undefined;
}
