import { hostLoad } from '../analysis/starvation.ts';
import type { LabTime } from '../ground/time.ts';
import type { PressureSample } from '../journal/trial-facts.ts';

const NAMES: Readonly<Record<string, { what: string; unit: 'ms' | 'ratio' }>> = {
  true_error_ms: { what: 'the moments of cutting and healing are known', unit: 'ms' },
  send_gap_ms: { what: 'the machine kept the probe from its schedule', unit: 'ms' },
  turn_around_ms: { what: 'an answer took', unit: 'ms' },
  steal_ratio: { what: 'the hypervisor took of the processors', unit: 'ratio' },
  overslept_ms: { what: 'a sleeper was woken late by', unit: 'ms' },
};

/**
 * Why the machine did not let the instrument run as it must; undefined when it did. It does not get what the
 * instrument measured: nothing may be rejected for being wrong.
 */
export function starvedBy<Limits extends Readonly<Record<string, number>>>(
  conditions: { readonly [Name in keyof Limits]: number },
  limits: Limits,
): string | undefined {
  const exceeded = Object.keys(limits).filter((name) => !(conditions[name]! <= limits[name]!));
  if (exceeded.length === 0) return undefined;
  return `starved: ${exceeded.map((name) => describe(name, conditions[name]!, limits[name]!)).join('; ')}`;
}

/** What the machine withheld in [from_ns, to_ns): `samples` ascend, and each is about the time since the one before. */
export function pressureWithin(
  samples: readonly PressureSample[],
  from_ns: LabTime,
  to_ns: LabTime,
): { steal_ratio: number; overslept_ms: number } {
  const { steal_ratio = 0, overslept_ms } = hostLoad(samples, from_ns, to_ns, 1);
  return { steal_ratio, overslept_ms };
}

function describe(name: string, value: number, limit: number): string {
  const { what = name, unit = 'ms' } = NAMES[name] ?? {};
  const text = (number: number) =>
    unit === 'ratio' ? `${(100 * number).toFixed(0)} %` : `${Number(number.toFixed(2))} ms`;
  return `${what} ${name === 'true_error_ms' ? 'only to ' : ''}${text(value)} (limit ${text(limit)})`;
}
