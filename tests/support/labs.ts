import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type Docker from 'dockerode';
import { expect, onTestFinished } from 'vitest';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import { REPOSITORY } from './hadrill.ts';

/** The engine that the tests use, connected once. */
export const engine: Engine = await connectEngine();

/** A topology of the fixtures. */
export function topologyFile(name: string): string {
  return path.join(REPOSITORY, 'tests/fixtures/topologies', `${name}.clab.yml`);
}

/** A drill of the fixtures. */
export function drillFile(name: string): string {
  return path.join(REPOSITORY, 'tests/fixtures/drills', `${name}.drill.yml`);
}

/** A lab name that no other test run has. The lab is removed when the test ends, however it ends. */
export function freshLab(what = 'test'): string {
  const name = freshName(what);
  onTestFinished(() => removeLabs(name));
  return name;
}

/** A name that no other test run has. */
export function freshName(what = 'test'): string {
  return `${what}-${randomBytes(4).toString('hex')}`;
}

/** Containers whose label `hadrill.lab` is `lab`, or starts with it when it ends in `*`, whatever their state. */
export async function labContainers(lab: string): Promise<Docker.ContainerInfo[]> {
  const prefix = lab.endsWith('*') ? lab.slice(0, -1) : undefined;
  const label = prefix === undefined ? `hadrill.lab=${lab}` : 'hadrill.lab';
  const found = await engine.docker.listContainers({ all: true, filters: { label: [label] } });
  return found.filter((one) => prefix === undefined || one.Labels['hadrill.lab']?.startsWith(prefix));
}

/** The engine's description of every container of a lab, by node name. */
export async function inspectLab(lab: string): Promise<Map<string, Docker.ContainerInspectInfo>> {
  const all = await Promise.all(
    (await labContainers(lab)).map((one) => engine.docker.getContainer(one.Id).inspect()),
  );
  return new Map(all.map((one) => [one.Config.Labels['hadrill.node'] ?? '', one]));
}

/** Fails unless nothing of the lab is left: containers, and networks and volumes with its label. */
export async function expectNothingLeft(lab: string): Promise<void> {
  expect((await labContainers(lab)).map((one) => one.Names[0])).toEqual([]);
  if (lab.endsWith('*')) return;
  const filters = { label: [`hadrill.lab=${lab}`] };
  expect(await engine.docker.listNetworks({ filters })).toEqual([]);
  expect((await engine.docker.listVolumes({ filters })).Volumes ?? []).toEqual([]);
}

/** Waits until nothing of the lab is left. @throws DeadlineError naming what is. */
export async function waitNothingLeft(lab: string, timeout_ms: number): Promise<void> {
  let left: string[] = [];
  await waitUntil({
    what: `every container of lab '${lab}' to be gone`,
    timeout_ms,
    interval_ms: 200,
    check: async () => {
      left = (await labContainers(lab)).map((one) => `${one.Names[0]} (${one.State})`);
      return left.length === 0;
    },
    lastSeen: () => left.join(', '),
  });
}

/** Removes what is left of labs, by force. */
export async function removeLabs(lab: string): Promise<void> {
  for (const { Id: id } of await labContainers(lab)) {
    await engine.docker
      .getContainer(id)
      .remove({ force: true, v: true })
      .catch((error: { statusCode?: number }) => {
        // Gone already, or being removed by the lab's own reaper.
        if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
      });
  }
}
