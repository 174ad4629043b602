import { statfs } from 'node:fs/promises';
import { apiMessage } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { IMPORTED_DEBIAN, REGISTRY_DEBIAN } from '../engine/debian-base.ts';
import { obstacleTo } from '../engine/debootstrap.ts';
import type { EngineDetails } from '../engine/describe-engine.ts';
import { findImage } from '../engine/find-image.ts';
import { tooOld } from '../engine/least-version.ts';
import { refusalRemedy } from '../engine/refusal-remedy.ts';
import { withDeadline } from '../ground/wait.ts';
import { KERNEL_ABILITIES } from '../lab/kernel-abilities.ts';
import type { Check } from './check.ts';
import type { FabricTrial } from './fabric-trial.ts';
import { type NeutronMachine, neutronCheck } from './neutron-check.ts';
import { switchChecks } from './switch-abilities.ts';

const DISK_BYTES = 3e9;
const REGISTRY_TIMEOUT_MS = 20_000;

/** The engine that answered: judged by the API that it serves, whatever its own version is. */
export function engineCheck({ info }: Pick<Engine, 'info'>, details: EngineDetails): Check {
  const rootless = details.rootless ? ', rootless' : '';
  const detail = `${info.name} ${info.version} (API ${info.api}) at ${info.url} (${info.arch}, ${details.cpus} cpus, kernel ${info.kernel}, cgroup v${details.cgroup_version}${rootless})`;
  const old = tooOld(info);
  if (old) return { name: 'engine', status: 'missing', detail, remedy: old.remedy };
  return { name: 'engine', status: 'ok', detail };
}

/** What an engine does worse than Docker, as it was seen (docs/engines.md); Docker is what the others are compared with. */
const LIMITS: Readonly<Record<Engine['info']['name'], readonly string[]>> = {
  docker: [],
  podman: [
    'probes have no real-time share, so more trials may be starved',
    'its default system call filter lets nodes make user namespaces',
    'without systemd it runs no healthchecks by itself: hadrill asks for them while it builds a lab',
  ],
};

/** What this engine cannot do; undefined where nothing is known that it cannot. */
export function limitsCheck({ info }: Pick<Engine, 'info'>): Check | undefined {
  const limits = LIMITS[info.name];
  return limits.length === 0
    ? undefined
    : { name: 'engine limits', status: 'limited', detail: `${info.name}: ${limits.join('; ')}` };
}

/** Which of the images are built. */
export function imagesCheck(images: ReadonlyMap<string, { present: boolean; on_demand?: boolean }>): Check {
  const wanted = [...images].filter(([, { present, on_demand }]) => present || !on_demand);
  const absent = wanted.filter(([, image]) => !image.present).map(([name]) => name);
  const built = wanted.map(([name]) => name).join(', ');
  if (absent.length === 0) return { name: 'images', status: 'ok', detail: built };
  const detail = `not built in their present content: ${absent.join(', ')}`;
  return { name: 'images', status: 'missing', detail, remedy: 'run `npm run setup`' };
}

/** Room for images, where the engine's disk can be seen from here. Needed only while images are to be built. */
export async function diskCheck(
  engine: Pick<Engine, 'info'>,
  details: EngineDetails,
  imagesBuilt: boolean,
): Promise<Check> {
  const name = 'disk';
  const folder = details.root_dir;
  const disk = engine.info.local ? await statfs(folder).catch(() => undefined) : undefined;
  if (!disk)
    return { name, status: 'limited', detail: `not looked at: ${folder} is the engine's, out of sight here` };
  const free = disk.bavail * disk.bsize;
  const detail = `${(free / 1e9).toFixed(1)} GB free in ${folder}`;
  if (free >= DISK_BYTES) return { name, status: 'ok', detail };
  const status = imagesBuilt ? 'limited' : 'missing';
  return { name, status, detail: `${detail}; images need ${DISK_BYTES / 1e9} GB`, remedy: 'make room there' };
}

/** Where Debian would come from, when images are to be built and the engine has none. */
export async function debianCheck(engine: Engine): Promise<Check> {
  const name = 'debian base';
  for (const image of [REGISTRY_DEBIAN, IMPORTED_DEBIAN]) {
    if (await findImage(engine, image)) return { name, status: 'ok', detail: image };
  }
  const registry = await registryObstacle(engine);
  if (registry === undefined) return { name, status: 'ok', detail: `${REGISTRY_DEBIAN} can be pulled` };
  const bootstrap = await obstacleTo(engine);
  if (bootstrap === undefined) return { name, status: 'ok', detail: 'debootstrap can make it' };
  const detail = `${REGISTRY_DEBIAN} cannot be pulled (${registry}); ${bootstrap}`;
  const remedy =
    'let the engine reach a registry, or install debootstrap, or set HADRILL_DEBIAN to an image it has';
  return { name, status: 'missing', detail, remedy };
}

async function registryObstacle(engine: Engine): Promise<string | undefined> {
  try {
    await withDeadline(
      'the registry',
      REGISTRY_TIMEOUT_MS,
      engine.docker.getImage(REGISTRY_DEBIAN).distribution(),
    );
    return undefined;
  } catch (error) {
    return apiMessage(error);
  }
}

/** What the throwaway container found out: the fabric's rights, then what the kernel has. */
export function trialChecks(trial: FabricTrial | string, machine: NeutronMachine): Check[] {
  if (typeof trial === 'string') {
    const remedy = refusalRemedy(trial) ?? 'use an engine that allows `pid: host` and added capabilities';
    return [{ name: 'fabric', status: 'missing', detail: `its container does not run: ${trial}`, remedy }];
  }
  return [
    fabricCheck(trial),
    ...kernelChecks(trial.abilities),
    ...switchChecks(trial.abilities),
    neutronCheck(machine, trial),
  ];
}

function fabricCheck(trial: FabricTrial): Check {
  const lacks = trial.capabilities_lacking.map((name) => `capability ${name}`);
  if (!trial.pid_host) lacks.push('pid: host');
  if (!trial.plugs) lacks.push('entering other network namespaces');
  if (lacks.length === 0)
    return { name: 'fabric', status: 'ok', detail: 'runs with pid: host and five capabilities' };
  const remedy = 'allow it in the engine (user namespaces, rootless mode and security modules can forbid it)';
  return { name: 'fabric', status: 'missing', detail: `the engine denies ${lacks.join(', ')}`, remedy };
}

/** What labs need of the kernel, and what only some faults or topologies do. */
export function kernelChecks(abilities: ReadonlyMap<string, boolean>): Check[] {
  return [true, false].map((needed): Check => {
    const all = KERNEL_ABILITIES.filter((ability) => ability.needed === needed);
    const absent = all.filter((ability) => !abilities.get(ability.name));
    const present = all.filter((ability) => abilities.get(ability.name)).map((ability) => ability.name);
    const name = needed ? 'kernel: wires' : 'kernel: faults';
    if (absent.length === 0) return { name, status: 'ok', detail: present.join(', ') };
    const listed = absent.map((ability) => `${ability.name} (${ability.purpose})`).join(', ');
    const modules = [...new Set(absent.map((ability) => ability.module))].join(' ');
    const detail = `absent: ${listed}; present: ${present.join(', ') || 'none'}`;
    const remedy = `\`modprobe -a ${modules}\` on the engine's machine, if its kernel has them`;
    return { name, status: needed ? 'missing' : 'limited', detail, remedy };
  });
}
