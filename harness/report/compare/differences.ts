import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../ground/errors.ts';
import type { FaultRecord, Journal } from '../../journal/journal.ts';
import type { DrillProbe } from '../../journal/run-facts.ts';
import { differentFiles } from './different-files.ts';

/** More sentences about bounds than these say nothing new. */
const MOST_BOUNDS = 3;

/** What was done in a run and what it was measured with. */
export interface Instrument {
  drill: string;
  /** As written; undefined where no trial got as far. */
  faults: readonly Pick<FaultRecord, 'kind' | 'target'>[] | undefined;
  /** undefined where they were not noted. */
  probes: readonly DrillProbe[] | undefined;
}

export function instrumentOf(journal: Journal, probes: readonly DrillProbe[] | undefined): Instrument {
  const broken = journal.trials.find((trial) => trial.faults.length > 0)?.faults;
  // Trials that draw their faults have each its own.
  const faults = broken?.some(({ planned }) => planned?.drawn) ? undefined : broken;
  return {
    drill: journal.drill,
    faults: faults?.map(({ kind, target }) => ({ kind, target })),
    probes,
  };
}

/**
 * What of the two must not be compared: one sentence each, none where it may.
 * Whether runs with probes or faults that are not known may be compared is not known: they are.
 */
function incomparable(base: Instrument, now: Instrument): string[] {
  if (base.drill !== now.drill) return [`they are of different drills, '${base.drill}' and '${now.drill}'`];
  const faults =
    base.faults && now.faults && !isDeepStrictEqual(base.faults, now.faults)
      ? [`different things were broken: ${faultWords(base.faults)}, and ${faultWords(now.faults)}`]
      : [];
  return [...faults, ...(base.probes && now.probes ? differentProbes(base.probes, now.probes) : [])];
}

/** @throws InputError that says why the two must not be compared. */
export function requireComparable(base: Instrument, now: Instrument): void {
  const why = incomparable(base, now);
  if (why.length === 0) return;
  throw new InputError(why.map((message) => ({ message: `the runs can't be compared: ${message}` })));
}

/** What else is not the same, and may be the question: one clause each. */
export function differencesOf(base: Journal, now: Journal): string[] {
  const [before, after] = [base.environment, now.environment];
  return [
    ...changed('profile', base.profile, now.profile),
    ...namedChanges('variable ', base.command?.environment ?? {}, now.command?.environment ?? {}),
    ...namedChanges('image in place of ', base.command?.images ?? {}, now.command?.images ?? {}),
    ...differentFiles(base, now),
    ...differentBounds(base, now),
    ...namedChanges('', before.versions, after.versions),
    ...namedChanges('image ', shortened(before.images), shortened(after.images)),
    ...changed('kernel', before.kernel, after.kernel),
    ...changed('engine', before.engine, after.engine),
    ...changed('processors', before.cpus, after.cpus),
    ...changed('machine', before.machine, after.machine),
    ...changed('engines', enginesOf(before), enginesOf(after)),
    ...changed('topology', base.topology, now.topology),
  ];
}

function enginesOf({ engines }: Journal['environment']): string | undefined {
  return engines?.map(({ name, machine }) => `${name} (${machine})`).join(', ');
}

/** What the protocols allow, by their own arithmetic: the effect of the daemons' configuration. */
function differentBounds(base: Journal, now: Journal): string[] {
  const [before, after] = [reasonsOf(base), reasonsOf(now)];
  const all = [...before].flatMap(([metric, reasons]) => {
    const others = after.get(metric);
    // Where one of them is the same, they depend on the trial: on which node took over, say.
    if (!others || [...reasons].some((from) => others.has(from))) return [];
    return [`what is allowed: ${[...reasons][0]} -> ${[...others][0]}`];
  });
  return [...new Set(all)].slice(0, MOST_BOUNDS);
}

/** Metric to the reasons of its bounds. */
function reasonsOf({ trials }: Journal): Map<string, Set<string>> {
  const all = trials.flatMap(({ bounds }) => Object.entries(bounds));
  const named = Map.groupBy(all, ([metric]) => metric);
  return new Map([...named].map(([metric, list]) => [metric, new Set(list.map(([, { from }]) => from))]));
}

function differentProbes(base: readonly DrillProbe[], now: readonly DrillProbe[]): string[] {
  const names = new Set([...base, ...now].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [one, other] = [base, now].map((all) => all.find((probe) => probe.name === name));
    if (!one || !other) return [`only one of them has a probe '${name}'`];
    if (one.kind !== other.kind) return [`probe '${name}' is a ${one.kind}, and a ${other.kind}`];
    const keys = new Set([...Object.keys(one.options), ...Object.keys(other.options)]);
    return [...keys]
      .filter((key) => !isDeepStrictEqual(one.options[key], other.options[key]))
      .map(
        (key) => `${key} of probe '${name}' is ${words(one.options[key])}, and ${words(other.options[key])}`,
      );
  });
}

function namedChanges(
  what: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => changed(`${what}${name}`, before[name], after[name]));
}

function changed(what: string, before: unknown, after: unknown): string[] {
  return before === after ? [] : [`${what}: ${words(before)} -> ${words(after)}`];
}

function words(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'a secret';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shortened(images: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(images).map(([name, digest]) => [name, digest.slice(0, 19)]));
}

function faultWords(faults: readonly Pick<FaultRecord, 'kind' | 'target'>[]): string {
  return faults.map(({ kind, target }) => `${kind} of ${target}`).join(', then ');
}
