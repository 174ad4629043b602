import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from './connect.ts';

/**
 * Where the engine keeps its containers' control groups. A kernel that gives out real time by groups (cgroup v1 with
 * CONFIG_RT_GROUP_SCHED, sched(7)) has a budget there; any other kernel asks for the capability alone.
 */
export const CONTAINERS_GROUP = '/sys/fs/cgroup/cpu/docker';
/** File of a group's budget, in microseconds of every period. */
export const RUNTIME_FILE = 'cpu.rt_runtime_us';
const PERIOD_US = 1_000_000;
/** Of every processor, for the probes of one lab: each takes a tenth of one at most. */
const SHARE_US = 400_000;

/** A share of the processors' real time, as the engine takes it when a container is created. */
export interface RealtimeShare {
  CpuRealtimePeriod: number;
  CpuRealtimeRuntime: number;
}

/** The share that one more lab can have; undefined when there is no budget, or not enough of it is left. */
export async function realtimeShare(
  { info }: Pick<Engine, 'info'>,
  group = CONTAINERS_GROUP,
): Promise<RealtimeShare | undefined> {
  // Podman's groups lie under a parent that it gives no budget, so a container with one does not start (runc, EINVAL).
  if (!info.local || info.name !== 'docker') return undefined;
  const budget_us = await runtimeOf(group);
  if (budget_us < SHARE_US) return undefined;
  const containers = await readdir(group, { withFileTypes: true }).catch(() => []);
  const given_us = await Promise.all(
    containers.filter((one) => one.isDirectory()).map(({ name }) => runtimeOf(path.join(group, name))),
  );
  const left_us = budget_us - given_us.reduce((sum, us) => sum + us, 0);
  return left_us < SHARE_US ? undefined : { CpuRealtimePeriod: PERIOD_US, CpuRealtimeRuntime: SHARE_US };
}

/**
 * Whether the engine's refusal to start a container is about its share: another lab took it after it was seen to be
 * left. Such a container starts without one.
 * @param refusal the engine's words.
 */
export function isShareRefused(share: RealtimeShare | undefined, refusal: string): boolean {
  return share !== undefined && refusal.includes(RUNTIME_FILE);
}

/** 0 where there is no such file. */
async function runtimeOf(group: string): Promise<number> {
  const text = await readFile(path.join(group, RUNTIME_FILE), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || 0;
}
