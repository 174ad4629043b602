import type { Engine } from '../engine/connect.ts';
import type { EngineDetails } from '../engine/describe-engine.ts';
import type { Check } from './check.ts';
import type { WatchedMachine } from './fabric-trial.ts';
import { STEAL_LIMIT, shareOf } from './local-checks.ts';

/** So long a machine is watched, in s: shorter, one program that starts counts for much. */
export const WATCH_S = 10;
/** A trial that has less of the processors than this is starved now and then. */
const IN_USE_LIMIT = 0.5;
/** Labs of a pair have a dozen daemons; with one processor each waits for all others. */
const LEAST_CPUS = 2;
/** Reading one of these takes microseconds, or it is too coarse to tell them apart. */
const SLOW_CLOCKS = ['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'pit'];
/** Dates of trials that were made on several engines are put in order by their engines' clocks. */
const MOST_OFFSET_MS = 1000;

/** How far an engine's clock is ahead of this machine's, and how far that may be off, in ms. */
export interface ClockOffset {
  ahead_ms: number;
  error_ms: number;
}

/** Asks the engine for its time. @returns undefined where it does not say it. */
export async function clockOffset(engine: Pick<Engine, 'docker'>): Promise<ClockOffset | undefined> {
  const now = () => performance.timeOrigin + performance.now();
  const asked_ms = now();
  const { SystemTime: said }: { SystemTime?: string } = await engine.docker.info();
  const answered_ms = now();
  const time_ms = Date.parse(said ?? '');
  if (!Number.isFinite(time_ms)) return undefined;
  return { ahead_ms: time_ms - (asked_ms + answered_ms) / 2, error_ms: (answered_ms - asked_ms) / 2 };
}

/** What matters for measuring on an engine's machine: its processors, who else uses them, and its clock. */
export function machineChecks(
  { cpus }: Pick<EngineDetails, 'cpus'>,
  watched: WatchedMachine | undefined,
  offset: ClockOffset | undefined,
): Check[] {
  return [coresCheck(cpus, watched), stealOverTime(watched), clockCheck(watched?.clock_source, offset)];
}

const NOT_LOOKED_AT = "not looked at: no container ran from the fabric's image";

function coresCheck(cpus: number, watched: WatchedMachine | undefined): Check {
  const idle = watched && shareOf(...watched.ticks, ['idle', 'iowait', 'steal']);
  const in_use = idle === undefined ? undefined : 1 - idle;
  const use = in_use === undefined ? '' : `, ${percent(in_use)} in use over ${WATCH_S} s`;
  const detail = `${cpus}${use}`;
  if (cpus < LEAST_CPUS) {
    const remedy = `give it ${LEAST_CPUS} processors or more, or expect starved trials`;
    return { name: 'cores', status: 'limited', detail, remedy };
  }
  if (in_use === undefined || in_use <= IN_USE_LIMIT) return { name: 'cores', status: 'ok', detail };
  const remedy = 'wait until what runs there has ended, or expect starved trials';
  return { name: 'cores', status: 'limited', detail, remedy };
}

function stealOverTime(watched: WatchedMachine | undefined): Check {
  const name = 'steal';
  if (!watched) return { name, status: 'limited', detail: NOT_LOOKED_AT };
  const steal = shareOf(...watched.ticks, ['steal']);
  if (steal === undefined) return { name, status: 'limited', detail: 'its kernel does not report it' };
  const detail = `${percent(steal)} of the processor time over ${WATCH_S} s`;
  if (steal <= STEAL_LIMIT) return { name, status: 'ok', detail };
  const remedy = 'measure on a machine that is not shared, or expect wider error bounds';
  return { name, status: 'limited', detail, remedy };
}

function clockCheck(source: string | undefined, offset: ClockOffset | undefined): Check {
  const name = 'clock';
  const by = source ?? 'source not looked at';
  const apart = offset
    ? `${Math.abs(offset.ahead_ms).toFixed(0)} ± ${offset.error_ms.toFixed(0)} ms ${offset.ahead_ms < 0 ? 'behind' : 'ahead of'} this machine's`
    : 'the engine does not say what time it has';
  const detail = `${by}; ${apart}`;
  if (source !== undefined && SLOW_CLOCKS.includes(source)) {
    const remedy =
      'choose a faster clock source (tsc, kvm-clock) on that machine, or expect wider error bounds';
    return { name, status: 'limited', detail, remedy };
  }
  if (offset && Math.abs(offset.ahead_ms) - offset.error_ms > MOST_OFFSET_MS) {
    const remedy = 'synchronise its clock (NTP): dates of trials are those of their own engines';
    return { name, status: 'limited', detail, remedy };
  }
  return { name, status: source === undefined ? 'limited' : 'ok', detail };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
