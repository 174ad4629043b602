import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type Docker from 'dockerode';
import { ContainerGoneError } from '../../harness/engine/container-gone.ts';
import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { messageOf } from '../../harness/ground/errors.ts';
import { restsInFabric } from './fabric-rests.ts';
import { engine, labContainers } from './labs.ts';

const CGROUPS = '/sys/fs/cgroup';
/** Files of a control group that hold what a fault may set (cgroups(7)): of version 1, and of version 2. */
const LIMITS = [
  ['cpu', 'cpu.cfs_quota_us'],
  ['cpu', 'cpu.cfs_period_us'],
  ['memory', 'memory.limit_in_bytes'],
  ['freezer', 'freezer.state'],
  ['', 'cpu.max'],
  ['', 'memory.max'],
  ['', 'cgroup.freeze'],
] as const;
/** What the fabric mounts for itself alone when it is first needed: it goes with the fabric. */
const OWN_MOUNT = /^mount \/run\/hadrill\//;
/** Programs that a test or a cluster runs again and again. */
const PASSING =
  /^((ping|curl|sleep|sh -c while :; do ping|nstat)\b|\S+ \/usr\/(lib\/ocf\/resource\.d\/|sbin\/fence_))/;
/** Younger processes are not looked at: whoever looks starts some, and daemons do. */
const SETTLED_S = 0.7;
const TICKS_PER_S = 100;

/** What a node is, apart from its processes: addresses, links, routes, settings, files. */
const LOOK_IN_NODE = [
  `ip -o -4 address | sed -E 's/^[0-9]+: +([^ ]+) +inet ([^ ]+).*/address \\1 \\2/'`,
  `ip -o link | sed -E 's/^[0-9]+: ([^:@]+)[^:]*: (<[^>]*>) mtu ([0-9]+).*/link \\1 \\2 mtu \\3/'`,
  'ip -4 route',
  'cat /proc/sys/net/ipv4/ip_local_reserved_ports | sed s/^/reserved:/',
  'test "$(cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0)" -lt 10000 || echo a full connection table',
  'md5sum /etc/services',
  'ls -d /srv /var/lib; for folder in /srv /var/lib; do : > $folder/.try && rm $folder/.try && echo "$folder is written"; done',
  `! command -v cibadmin >/dev/null || cibadmin --query --scope nodes | sed -n 's/.*name="standby" value="\\([a-z]*\\)".*/standby in the CIB: \\1/p'`,
].join('; ');
const LOOK_IN_FABRIC =
  "bridge -d link | sed -E 's/^[0-9]+: ([^:@]+)[^:]*:/\\1/' | paste -d ' ' - - | tr -s ' \\t'";

/**
 * What a fault can change in a lab, as lines to compare: mounts, limits of control groups and of descriptors, processes and
 * which of them stand still; addresses, links, routes, settings and files of each node; ports, rules and disciplines in its
 * fabric. Process ids and what else a restart of a node changes is left out. It looks at this machine's /proc and
 * /sys/fs/cgroup: the engine must be on it.
 */
export async function labState(lab: string): Promise<string[]> {
  const containers = await labContainers(lab);
  const nodes = await Promise.all(
    containers.map((one) =>
      nodeState(one).catch((error: unknown) => {
        if (!(error instanceof ContainerGoneError)) throw error;
        // What heals a fault may be removing it.
        return [`${one.Labels['hadrill.node']}: ${messageOf(error)}`];
      }),
    ),
  );
  return [...nodes.flat(), ...(await restsInFabric(lab)).map((line) => `fabric: ${line}`)].sort();
}

/**
 * What differs from a state before, for people; nothing where all is as it was.
 * @param roams what a healthy lab has on one of its nodes, whichever that is now: in lines without their node.
 */
export function changesSince(before: readonly string[], now: readonly string[], roams?: RegExp): string[] {
  const nodeless = (line: string) => {
    const what = line.slice(line.indexOf(': ') + 2);
    return roams?.test(what) ? `one node: ${what}` : line;
  };
  const [was, is] = [before.map(nodeless), now.map(nodeless)];
  return [
    ...without(is, was).map((line) => `new: ${line}`),
    ...without(was, is).map((line) => `gone: ${line}`),
  ];
}

/** As many of each line as there are more of in the first. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return lines.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** The processes of a lab that are not just being started: those of its nodes, and what its fabric's agent has started. */
export async function labProcesses(lab: string): Promise<{ pid: number; command: string }[]> {
  const found = await Promise.all(
    (await labContainers(lab)).map(async ({ Id: id, Labels: labels }) => {
      const { State: of } = await engine.docker.getContainer(id).inspect();
      return labels['hadrill.node'] === 'fabric' ? children(of.Pid) : inContainer(id);
    }),
  );
  return found.flat().map((pid) => ({ pid, command: commandOf(pid) }));
}

async function nodeState({ Id: id, Labels: labels, State: state }: Docker.ContainerInfo): Promise<string[]> {
  const name = labels['hadrill.node'] ?? id;
  if (state !== 'running') return [`${name}: ${state}`];
  const container = engine.docker.getContainer(id);
  const { State: of } = await container.inspect();
  const look = name === 'fabric' ? LOOK_IN_FABRIC : LOOK_IN_NODE;
  const said = await execInContainer(container, ['sh', '-c', look], { timeout_ms: 10_000 });
  return [
    ...`${said.stdout}${said.stderr}`.split('\n').filter((line) => line !== ''),
    ...mounts(of.Pid),
    ...limits(id),
    ...(name === 'fabric' ? children(of.Pid).map((pid) => `process ${commandOf(pid)}`) : processes(id)),
  ].map((line) => `${name}: ${line.trimEnd()}`);
}

function mounts(pid: number): string[] {
  return read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [own = '', of = ''] = line.split(' - ');
      const [, , , , place, options] = own.split(' ');
      return `mount ${place} ${options} ${of.split(' ')[0]}`;
    })
    .filter((line) => !OWN_MOUNT.test(line));
}

/** Limits, and groups that somebody made within the container's own. */
function limits(id: string): string[] {
  return LIMITS.flatMap(([controller, file]) => {
    const folder = [`docker/${id}`, `system.slice/docker-${id}.scope`]
      .map((place) => path.join(CGROUPS, controller, place))
      .find((one) => existsSync(path.join(one, file)));
    if (folder === undefined) return [];
    const within = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
    return [
      `limit ${file} ${read(path.join(folder, file)).trim()}`,
      ...within.map((one) => `control group ${controller} ${one.name}`),
    ];
  });
}

/** The processes of a container, whether they stand still, and how many descriptors each may have. */
function processes(id: string): string[] {
  return inContainer(id).map((pid) => {
    const files = /^Max open files +(\S+) +(\S+)/m.exec(read(`/proc/${pid}/limits`));
    const stands = /^State:\s+[Tt]/m.test(read(`/proc/${pid}/status`)) ? ', stopped' : '';
    return `process ${commandOf(pid)}, ${files?.[1]} to ${files?.[2]} descriptors${stands}`;
  });
}

function inContainer(id: string): number[] {
  return numbers('/proc').filter((pid) => {
    if (!read(`/proc/${pid}/cgroup`).includes(id) || ageS(pid) < SETTLED_S) return false;
    const command = commandOf(pid);
    return command !== '' && !PASSING.test(command);
  });
}

/** What the fabric's agent has started, wherever it is: the keepers of faults run in the namespaces of nodes. */
function children(pid: number): number[] {
  const all = numbers('/proc').map((one) => ({ pid: one, parent: Number(stat(one)[1] ?? 0) }));
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return [...found].filter((one) => ageS(one) >= SETTLED_S && commandOf(one) !== '');
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** Its fields from the third one on (proc_pid_stat(5)): state, parent, … */
function stat(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ');
}

function ageS(pid: number): number {
  return Number(read('/proc/uptime').split(' ')[0]) - Number(stat(pid)[19] ?? 0) / TICKS_PER_S;
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .map(Number)
    .filter((one) => Number.isInteger(one));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended.
    return '';
  }
}
