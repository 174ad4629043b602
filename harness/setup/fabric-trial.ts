import { randomBytes } from 'node:crypto';
import { apiMessage } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { execInContainer } from '../engine/exec-in-container.ts';
import { abilityScript, KERNEL_ABILITIES, readAbilities } from '../lab/kernel-abilities.ts';
import { SWITCH_ABILITIES } from './switch-abilities.ts';

/** What a throwaway container with the fabric's rights could do. */
export interface FabricTrial {
  /** Capabilities that the engine did not give. */
  capabilities_lacking: string[];
  /** The same of those that nodes of Neutron have beside the fabric's. */
  neutron_lacking: string[];
  /** It sees processes by the engine's numbers (`pid: host`). */
  pid_host: boolean;
  /** It can enter another network namespace and put a wire into it. */
  plugs: boolean;
  /** By name of `KERNEL_ABILITIES` and `SWITCH_ABILITIES`. */
  abilities: Map<string, boolean>;
  /** What its machine was like meanwhile; undefined where it was not watched. */
  watched?: WatchedMachine;
}

/** The machine of an engine, over a time. */
export interface WatchedMachine {
  /** What the kernel tells the time by: `tsc`, `kvm-clock`, `hpet`. */
  clock_source: string | undefined;
  /** Lines `cpu` of /proc/stat, at the beginning and at the end. */
  ticks: [string, string];
}

/** What the fabric runs with: bit numbers of capability.h. */
const CAPABILITIES = { NET_ADMIN: 12, NET_RAW: 13, SYS_PTRACE: 19, SYS_ADMIN: 21, SYS_NICE: 23 };
/** What nodes of Neutron run with beside that. */
const NEUTRON_CAPABILITIES = { DAC_READ_SEARCH: 2 };
const TIMEOUT_MS = 45_000;

const SCRIPT = `
echo "caps $(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)"
# The engine's number of this container's own process means the same process here.
[ "$(readlink "/proc/$ENGINE_PID/ns/net")" = "$(readlink /proc/self/ns/net)" ] && echo pids
unshare --net sleep 30 & other=$!
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add w0 type veth peer name w1 netns $other && nsenter --target $other --net ip link set w1 up && echo plugs
kill $other
${abilityScript([...KERNEL_ABILITIES, ...SWITCH_ABILITIES])}
`;

const watching = (seconds: number) => `
echo "clocksource $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
grep '^cpu ' /proc/stat
sleep ${seconds}
grep '^cpu ' /proc/stat
`;

/**
 * Starts a container from the fabric's image with the fabric's rights and tries what labs and faults need.
 * The container is removed in every case, by the engine itself where this process is killed.
 * @param watch_s for so long the machine is watched as well.
 * @returns the trial, or why the engine does not run such a container.
 * @throws the signal's reason when it is aborted, after the removal.
 */
export async function tryFabric(
  engine: Engine,
  image: string,
  { signal, watch_s }: { signal?: AbortSignal | undefined; watch_s?: number | undefined } = {},
): Promise<FabricTrial | string> {
  const id = `doctor-${randomBytes(4).toString('hex')}`;
  try {
    const container = await engine.docker.createContainer({
      name: `hadrill-${id}`,
      Image: image,
      Entrypoint: ['sleep', '120'],
      Cmd: [],
      Labels: {
        'hadrill.lab': 'doctor',
        'hadrill.run': id,
        'hadrill.node': 'doctor',
        'hadrill.host': 'doctor',
      },
      HostConfig: {
        NetworkMode: 'none',
        PidMode: 'host',
        CapAdd: Object.keys({ ...CAPABILITIES, ...NEUTRON_CAPABILITIES }),
        AutoRemove: true,
      },
    });
    try {
      signal?.throwIfAborted();
      await container.start();
      const env = { ENGINE_PID: String((await container.inspect()).State.Pid) };
      const { stdout } = await execInContainer(
        container,
        ['sh', '-c', `${SCRIPT}${watch_s ? watching(watch_s) : ''}`],
        {
          timeout_ms: TIMEOUT_MS + (watch_s ?? 0) * 1000,
          env,
          signal,
        },
      );
      return readTrial(stdout);
    } finally {
      await container.remove({ force: true, v: true }).catch(() => {});
    }
  } catch (error) {
    signal?.throwIfAborted();
    return apiMessage(error);
  }
}

/** What the script printed. Pure. */
export function readTrial(output: string): FabricTrial {
  const caps = BigInt(`0x${/^caps ([0-9a-f]+)$/m.exec(output)?.[1] ?? '0'}`);
  const lackingOf = (wanted: Readonly<Record<string, number>>) =>
    Object.keys(wanted).filter((name) => ((caps >> BigInt(wanted[name]!)) & 1n) === 0n);
  return {
    capabilities_lacking: lackingOf(CAPABILITIES),
    neutron_lacking: lackingOf(NEUTRON_CAPABILITIES),
    pid_host: /^pids$/m.test(output),
    plugs: /^plugs$/m.test(output),
    abilities: readAbilities(output),
    ...watchedIn(output),
  };
}

function watchedIn(output: string): Pick<FabricTrial, 'watched'> {
  const [first, last] = output.match(/^cpu .*$/gm) ?? [];
  if (first === undefined || last === undefined) return {};
  return { watched: { clock_source: /^clocksource (\S+)$/m.exec(output)?.[1], ticks: [first, last] } };
}
