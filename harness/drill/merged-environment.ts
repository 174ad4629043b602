import { together } from '../journal/engines-of-run.ts';
import type { Environment, MachineOfRun } from '../journal/environment.ts';
import type { ShardRun } from './find-shards.ts';

/** What the shards of a run were made on, as that of one run: what is not the same of all is told of each. */
export function mergedEnvironment(shards: readonly ShardRun[]): Environment {
  const all = shards.map(({ run }) => run.environment);
  const { machine: _, engines: __, machines: ___, ...first } = all[0]!;
  const engines = distinct(
    all.flatMap((one) => one.engines ?? []),
    ({ name, machine }) => [name, machine],
  );
  const machines = distinct(
    shards.flatMap((shard) => ofShard(shard, shards)),
    ({ machine }) => machine,
  );
  const names = new Set(all.map(({ machine }) => machine));
  const [machine] = names;
  return {
    ...first,
    cpus: Math.min(...all.map(({ cpus }) => cpus)),
    kernel: together(all.map(({ kernel }) => kernel)),
    engine: together(all.map(({ engine }) => engine)),
    ...(engines.length > 0 ? { engines } : {}),
    ...(machines.length > 1 ? { machines } : {}),
    ...(names.size === 1 && machine !== undefined ? { machine } : {}),
  };
}

/**
 * The machine that a shard's trials were made on, of those that do not say so themselves; undefined where it was not noted. Machines
 * of one name that are not alike are told apart.
 */
export function machineOf({ run }: ShardRun, shards: readonly ShardRun[]): string | undefined {
  const { machine, cpus } = run.environment;
  if (machine === undefined) return undefined;
  const alike = shards.every(
    ({ run: { environment: other } }) => other.machine !== machine || other.cpus === cpus,
  );
  return alike ? machine : `${machine} (${cpus} processors)`;
}

function ofShard(shard: ShardRun, shards: readonly ShardRun[]): MachineOfRun[] {
  const { engines, machines, cpus, kernel, engine } = shard.run.environment;
  if (engines || machines) return machines ?? [];
  const machine = machineOf(shard, shards);
  return machine === undefined ? [] : [{ machine, cpus, kernel, engine }];
}

function distinct<T>(all: readonly T[], key: (one: T) => unknown): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(key(one)), one])).values()];
}
