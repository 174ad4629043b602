import { seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { Cib, CibPrimitive } from '../config/cib.ts';
import { pacemakerTimeoutMs } from '../config/pacemaker-time.ts';

/** Of `stonith-timeout` where nothing else is said (Pacemaker Explained, "Cluster Options"). */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Ids of the resources by which members are fenced. */
export function fencingDevices(cib: Cib | undefined): ReadonlySet<string> {
  return new Set(cib?.primitives.filter(isDevice).map(({ id }) => id));
}

function isDevice({ class: standard }: CibPrimitive): boolean {
  return standard === 'stonith';
}

/**
 * How long one attempt to fence a member may take, in ms: from the delay of its device to that and the timeout after which
 * the fence agent is killed.
 * @param action what the cluster asked for: `reboot` or `off`.
 * @throws InputError when the device of that member is not known from the configuration alone.
 */
export function fencingBound(cib: Cib, target: string, action: string): Bound {
  const devices = cib.primitives.filter((one) => isDevice(one) && fences(one, target));
  const [device, ...others] = devices;
  if (!device) throw new InputError(`no fencing device names ${target} in pcmk_host_list or pcmk_host_map`);
  if (others.length > 0)
    throw new InputError(
      `${devices.map(({ id }) => id).join(' and ')} fence ${target}: which is used is not followed`,
    );
  const open = device.open_params.find((name) => name.startsWith('pcmk_'));
  if (open) throw new InputError(`${open} of '${device.id}' is not followed`);
  const time = (name: string) => pacemakerTimeoutMs(delayOf(device.params[name]?.value ?? '', target));
  const least = time('pcmk_delay_base') ?? 0;
  // Only whoever fences the member with the most waits for it, and only one that has lost half of the cluster.
  const spared = pacemakerTimeoutMs(cib.properties['priority-fencing-delay'] ?? '') ?? 0;
  const most = Math.max(least, time('pcmk_delay_max') ?? 0) + spared;
  const own = time(`pcmk_${action}_timeout`);
  const timeout = own ?? pacemakerTimeoutMs(cib.properties['stonith-timeout'] ?? '') ?? DEFAULT_TIMEOUT_MS;
  const named = own === undefined ? 'stonith-timeout' : `pcmk_${action}_timeout`;
  const delay =
    most > 0 ? `delay ${least === most ? seconds(most) : `${seconds(least)} to ${seconds(most)}`} + ` : '';
  return { low: least, high: most + timeout, from: `Pacemaker: ${delay}up to ${named} ${seconds(timeout)}` };
}

function fences({ params }: CibPrimitive, target: string): boolean {
  const names = (params.pcmk_host_list?.value ?? '').split(/[\s,;]+/);
  const mapped = (params.pcmk_host_map?.value ?? '').split(/[\s;]+/).map((pair) => pair.split(':', 1)[0]);
  return names.includes(target) || mapped.includes(target);
}

/** Of `node1:1s;node2:2s` the part of a node; any other text as it is. */
function delayOf(text: string, target: string): string {
  if (!text.includes(':')) return text;
  const own = text.split(/[\s;]+/).find((pair) => pair.startsWith(`${target}:`));
  return own?.slice(target.length + 1) ?? '';
}
