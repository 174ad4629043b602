import type { InputProblem } from '../ground/errors.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { DrillFault } from './drill.ts';
import { type DrillFile, MOST_FAULTS } from './drill-schema.ts';

type Entry = NonNullable<DrillFile['faults']>[number];

const DEFAULT_AFTER_MS = 1000;

/** How long a fault lasts, in ms; undefined: until the end of the trial. */
function lastsMs(entry: Pick<Entry, 'for' | 'heal'>): number | undefined {
  return entry.for ?? entry.heal;
}

/**
 * The faults of a list that has been checked. Where one has `at` or `every`, they are a schedule: in order of time, each
 * with its own, overlapping as they may. Else each follows the one before it.
 */
export function faultsOf(entries: readonly Entry[]): DrillFault[] {
  const timed = isSchedule(entries);
  const all = entries.flatMap((said, entry) =>
    dueTimes(said).map((at_ms): DrillFault => {
      const { kind, target, options = {}, after = DEFAULT_AFTER_MS } = said;
      const heal_ms = lastsMs(said);
      return {
        ...{ kind, target, options, entry, after_ms: timed || entry === 0 ? 0 : after },
        ...(timed ? { at_ms } : {}),
        ...(heal_ms === undefined ? {} : { heal_ms }),
      };
    }),
  );
  return all.toSorted((a, b) => (a.at_ms ?? 0) - (b.at_ms ?? 0));
}

/** What a list says that cannot be done, as far as it can be read. */
export function checkSchedule(entries: readonly Entry[], source: YamlSource): InputProblem[] {
  const problems: InputProblem[] = [];
  const report = (message: string, entry: number, ...key: string[]) =>
    problems.push({ message, position: source.positionOf(['faults', entry, ...key] as YamlPath, 'key') });
  const timed = isSchedule(entries);
  for (const [at, entry] of entries.entries()) {
    if (entry.for !== undefined && entry.heal !== undefined)
      report("'heal' is an older name of 'for': give one of them", at, 'heal');
    if (timed && entry.after !== undefined)
      report("'after' has no meaning in a schedule, which 'at' and 'every' make: give 'at'", at, 'after');
    if (timed && at > 0 && entry.at === undefined)
      report("missing key 'at': the other faults have one, so this needs its time, too", at);
    for (const [key, message] of repetitionProblems(entry)) report(message, at, key);
  }
  if (problems.length > 0 || !timed) return problems;
  const faults = faultsOf(entries);
  if (faults[0]!.at_ms !== 0)
    report(`a schedule begins with a fault at 0s; the first one here is at ${faults[0]!.at_ms} ms`, 0, 'at');
  if (faults.length > MOST_FAULTS)
    report(`a trial has ${MOST_FAULTS} faults at most; with 'every' there are ${faults.length}`, 0);
  for (const { fault, other } of brokenTwice(faults))
    report(
      `${fault.kind} of ${fault.target} is due at ${fault.at_ms} ms, and is still in effect since ${other.at_ms} ms: give the earlier one a shorter 'for'`,
      fault.entry,
    );
  return problems;
}

/** For how long faults of a trial are made by themselves, whatever else is waited for, in ms after the first. */
export function brokenForMs(faults: readonly DrillFault[]): number {
  const ends = faults.map(({ at_ms = 0, heal_ms = 0 }) => at_ms + heal_ms);
  if (faults.some(({ at_ms }) => at_ms !== undefined)) return Math.max(0, ...ends);
  return faults.reduce((sum, { after_ms, heal_ms = 0 }) => sum + after_ms + heal_ms, 0);
}

function isSchedule(entries: readonly Entry[]): boolean {
  return entries.some(({ at, every }) => at !== undefined || every !== undefined);
}

function dueTimes({ at = 0, every = 0, times = 1 }: Entry): number[] {
  return Array.from({ length: times }, (_, number) => at + number * every);
}

/** By key. */
function repetitionProblems(entry: Entry): [string, string][] {
  const { every, times } = entry;
  if (every === undefined)
    return times === undefined ? [] : [['times', "'times' needs 'every', the time from one to the next"]];
  const lasts_ms = lastsMs(entry);
  if (times === undefined) return [['every', "'every' needs 'times', how often it is applied"]];
  if (lasts_ms === undefined) return [['every', "'every' needs 'for', the time after which it is healed"]];
  if (lasts_ms >= every)
    return [['every', `it lasts ${lasts_ms} ms, and cannot be applied again every ${every} ms`]];
  return [];
}

/** What is to be applied while the very same is in effect. */
function brokenTwice(faults: readonly DrillFault[]): { fault: DrillFault; other: DrillFault }[] {
  return faults.flatMap((fault, at) => {
    const other = faults
      .slice(0, at)
      .find(
        ({ kind, target, at_ms = 0, heal_ms = Infinity }) =>
          kind === fault.kind && target === fault.target && at_ms + heal_ms > fault.at_ms!,
      );
    return other ? [{ fault, other }] : [];
  });
}
