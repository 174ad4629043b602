import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type Docker from 'dockerode';
import { engine } from './labs.ts';

const CGROUPS = '/sys/fs/cgroup';
/**
 * Docker mounts the network namespaces of its containers there; an engine elsewhere mounts none. It removes the empty
 * files beneath the mounts once a minute: only a mounted one is a namespace.
 */
const NAMESPACE = / \/run\/docker\/netns\/(\w+) .* - nsfs /;

/** Ids of the containers that a process had the engine create, those among them that are gone already. */
export async function createdBy(pid: number, since_s: number): Promise<string[]> {
  const stream = await engine.docker.getEvents({
    since: since_s,
    until: Math.ceil(Date.now() / 1000),
    filters: { type: ['container'], event: ['create'], label: ['hadrill.owner'] },
  });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { Actor: { ID: string; Attributes: Record<string, string> } })
    .filter(({ Actor: { Attributes: labels } }) => labels['hadrill.owner']?.split(' ')[2] === String(pid))
    .map(({ Actor: { ID: id } }) => id);
}

/** What this machine still holds of containers: processes in them or that keep them, and control groups. */
export function tracesOf(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [...processesOf(ids), ...controlGroupsOf(ids)];
}

/** Processes, in a container of these or with the id of one among their arguments (its shim). */
export function processesOf(ids: readonly string[]): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
      const where = `${read(`/proc/${pid}/cgroup`)} ${command}`;
      return ids.some((id) => where.includes(id)) ? [`process ${command || pid}`] : [];
    });
}

function controlGroupsOf(ids: readonly string[]): string[] {
  const folders = ['', '/system.slice'].flatMap((slice) => [
    `${CGROUPS}${slice}`,
    ...list(CGROUPS).flatMap((controller) => [
      `${CGROUPS}/${controller}${slice}`,
      `${CGROUPS}/${controller}/docker`,
    ]),
  ]);
  return folders.flatMap((folder) =>
    list(folder)
      .filter((name) => ids.some((id) => name.includes(id)))
      .map((name) => `control group ${path.join(folder, name)}`),
  );
}

/** Mounted network namespaces of no container. One of a container that has just come or gone may be among them. */
export async function strayNamespaces(): Promise<string[]> {
  const names = read('/proc/self/mountinfo')
    .split('\n')
    .flatMap((line) => NAMESPACE.exec(line)?.[1] ?? []);
  const containers = await engine.docker.listContainers({ all: true });
  const keys = await Promise.all(containers.map(({ Id: id }) => sandbox(engine.docker.getContainer(id))));
  return names
    .filter((name) => name !== 'default' && !keys.includes(name))
    .map((name) => `namespace ${name}`);
}

async function sandbox(container: Docker.Container): Promise<string | undefined> {
  try {
    return path.basename((await container.inspect()).NetworkSettings.SandboxKey);
  } catch {
    // Gone since it was listed.
    return undefined;
  }
}

/** What labs must leave alone on this machine: its interfaces, routes and packet filters, as text to compare. */
export async function machineState(image: string): Promise<string> {
  const container = await engine.docker.createContainer({
    Image: image,
    Entrypoint: ['sh', '-c', 'ip -brief link; ip route show table all; ip rule; nft list ruleset'],
    HostConfig: { NetworkMode: 'host', CapDrop: ['ALL'], CapAdd: ['NET_ADMIN'] },
  });
  try {
    await container.start();
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
    const log = (await container.logs({ stdout: true, stderr: true })).toString();
    if (code !== 0) throw new Error(`the machine's state could not be read: ${log}`);
    return log;
  } finally {
    await container.remove({ force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended.
    return '';
  }
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
