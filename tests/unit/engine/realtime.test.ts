import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EngineInfo } from '../../../harness/engine/connect.ts';
import { isShareRefused, RUNTIME_FILE, realtimeShare } from '../../../harness/engine/realtime.ts';

let group: string;
beforeEach(async () => {
  group = await mkdtemp(path.join(tmpdir(), 'hadrill-group-'));
});
afterEach(() => rm(group, { recursive: true }));

const here = { info: { name: 'docker', local: true } as EngineInfo };

async function give(runtime_us: number, container?: string): Promise<void> {
  const folder = container === undefined ? group : path.join(group, container);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, RUNTIME_FILE), `${runtime_us}\n`);
}

test('a lab gets its share of the budget, and the next one, until too little is left', async () => {
  await give(900_000);
  const share = { CpuRealtimePeriod: 1_000_000, CpuRealtimeRuntime: 400_000 };
  expect(await realtimeShare(here, group)).toEqual(share);
  await give(400_000, 'one');
  await give(0, 'without');
  expect(await realtimeShare(here, group)).toEqual(share);
  await give(400_000, 'two');
  expect(await realtimeShare(here, group)).toBeUndefined();
});

test('nothing is asked for where there is no budget, and of an engine elsewhere', async () => {
  expect(await realtimeShare(here, group)).toBeUndefined();
  await give(0);
  expect(await realtimeShare(here, group)).toBeUndefined();
  await give(900_000);
  expect(
    await realtimeShare({ info: { name: 'docker', local: false } as EngineInfo }, group),
  ).toBeUndefined();
  expect(await realtimeShare({ info: { name: 'podman', local: true } as EngineInfo }, group)).toBeUndefined();
});

test('a share that another lab has just taken is told from every other reason not to start', () => {
  const share = { CpuRealtimePeriod: 1_000_000, CpuRealtimeRuntime: 400_000 };
  const taken =
    'failed to create task for container: unable to apply cgroup configuration: failed to write "400000": ' +
    `write ${group}/0123abcd/${RUNTIME_FILE}: invalid argument: unknown`;
  expect(isShareRefused(share, taken)).toBe(true);
  expect(isShareRefused(undefined, taken), 'without a share it would be refused again').toBe(false);
  expect(isShareRefused(share, 'error mounting "/run/hadrill": permission denied')).toBe(false);
});
