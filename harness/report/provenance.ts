import path from 'node:path';
import { median, sum } from 'simple-statistics';
import { DEFAULT_KEEP_RECORDS } from '../drill/record-keeper.ts';
import { largest } from '../ground/extremes.ts';
import { formatValue } from '../journal/format-value.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import { valuesOf } from '../journal/trusted-trials.ts';
import { memoryWords } from './memory-words.ts';

/** Of `hadrill run --out`. */
const DEFAULT_OUT = 'results';

/** What the numbers were made on: time, kernel, engine, daemons, and how busy the machine was. */
export function describeEnvironment(journal: Journal): string {
  const { kernel, engine, cpus, load, versions } = journal.environment;
  const parts = [
    `${journal.started_at.slice(0, 19).replace('T', ' ')} UTC on kernel ${kernel}, ${engine}`,
    `${cpus} ${cpus === 1 ? 'processor' : 'processors'}`,
    `load ${load.map((value) => value.toFixed(2)).join('/')}`,
    ...Object.entries(versions).map(([daemon, version]) => `${daemon} ${version}`),
    ...(journal.command?.jobs === undefined ? [] : [`${journal.command.jobs} labs at the same time`]),
    ...memory(journal),
    ...setup(journal),
    ...engines(journal),
    ...steal(journal),
    ...wallTime(journal),
  ];
  return parts.join(', ');
}

/** Of all nodes together; the page has each. */
function memory({ environment: { memory_bytes } }: Journal): string[] {
  const each = Object.values(memory_bytes ?? {});
  return each.length === 0 ? [] : [`${memoryWords(sum(each))} of memory for ${each.length} nodes`];
}

/** Until the lab was up; the page has each step. */
function setup({ environment: { setup_ms } }: Journal): string[] {
  const each = Object.values(setup_ms ?? {});
  return each.length === 0 ? [] : [`${formatValue('setup_ms', sum(each))} until the lab was up`];
}

/** Of a run over several engines, or of shards of several machines: each, and how many trials it made. */
function engines({ environment, trials }: Journal): string[] {
  const made = (by: (trial: Trial) => boolean) => trials.filter(by).length;
  const each = [
    ...(environment.engines ?? []).map(({ name, machine, cpus }) => {
      const own = made((trial) => trial.engine === name && (trial.machine ?? machine) === machine);
      const on = machine === name ? '' : ` on ${machine}`;
      return `${own} of engine ${name}${on} (${cpus} processors)`;
    }),
    ...(environment.machines ?? []).map(({ machine, cpus }) => {
      const own = made((trial) => trial.engine === undefined && trial.machine === machine);
      return `${own} on machine ${machine} (${cpus} processors)`;
    }),
  ];
  return each.length === 0 ? [] : [`trials: ${each.join(', ')}`];
}

function steal(journal: Journal): string[] {
  const shares = journal.trials.flatMap((trial) => ownValue(trial, 'host.steal_ratio') ?? []);
  if (shares.length === 0) return [];
  return [
    `up to ${formatValue('host.steal_ratio', largest(shares))} of the processors taken by the hypervisor`,
  ];
}

function wallTime(journal: Journal): string[] {
  const times = valuesOf(journal, 'trial.wall_ms').map(({ value }) => value);
  return times.length > 0 ? [`${formatValue('trial.wall_ms', median(times))} a trial`] : [];
}

/**
 * The command that makes the same run again, for a POSIX shell in `cwd`.
 * @param cwd where the reader stands.
 */
export function repeatCommand(
  { drill, profile, trials, trials_asked, shard, seed, command, by_program }: Journal,
  cwd: string = process.cwd(),
): string {
  if (by_program) return `run the program that made it, with seed ${seed}`;
  if (command?.replay_of !== undefined)
    return [
      'hadrill run --replay',
      shellWord(wayTo(command.replay_of, cwd)),
      ...jobs(command),
      ...overEngines(command),
      ...keepRecords(command),
      ...outWords(command, cwd),
    ].join(' ');
  return [
    'hadrill run',
    shellWord(command ? wayTo(command.drill, cwd) : nameInOldJournal(drill)),
    // A secret's value is not kept: who repeats the run has it in the environment.
    ...Object.entries(command?.environment ?? {}).map(([name, value]) =>
      value === null ? `--var ${name}` : `--var ${shellWord(`${name}=${value}`)}`,
    ),
    ...Object.entries(command?.images ?? {}).map(
      ([name, other]) => `--image ${shellWord(`${name}=${other}`)}`,
    ),
    // The name that stands for "this drill has no profiles".
    ...(profile === 'default' ? [] : [`--profile ${shellWord(profile)}`]),
    `--trials ${shard?.trials ?? trials_asked ?? Math.max(1, trials.length)}`,
    ...(shard ? [`--shard ${shard.number}/${shard.of}`] : []),
    `--seed ${seed}`,
    ...jobs(command),
    ...overEngines(command),
    ...keepRecords(command),
    ...outWords(command, cwd),
  ].join(' ');
}

function outWords(command: Journal['command'], cwd: string): string[] {
  if (!command || path.relative(cwd, command.out) === DEFAULT_OUT) return [];
  return [`--out ${shellWord(wayTo(command.out, cwd))}`];
}

function jobs(command: Journal['command']): string[] {
  return command?.jobs === undefined ? [] : [`--jobs ${command.jobs}`];
}

function overEngines(command: Journal['command']): string[] {
  return command?.engines === undefined ? [] : [`--engines ${shellWord(command.engines)}`];
}

function keepRecords(command: Journal['command']): string[] {
  const keep = command?.keep_records;
  return keep === undefined || keep === DEFAULT_KEEP_RECORDS ? [] : [`--keep-records ${keep}`];
}

/** Below `cwd` as seen from there, else as it is: the name of a shipped drill, or an absolute path. */
function wayTo(target: string, cwd: string): string {
  if (!path.isAbsolute(target)) return target;
  const inside = path.relative(cwd, target);
  if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) return target;
  return inside.startsWith('-') ? `./${inside}` : inside;
}

/** A shipped drill was named by its path below the topologies; one of the user's own by its file's name. */
function nameInOldJournal(drill: string): string {
  return drill.includes('/') ? drill : `${drill}.drill.yml`;
}

function shellWord(text: string): string {
  return /^[\w./@:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
