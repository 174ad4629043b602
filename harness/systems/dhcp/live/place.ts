import { EnvironmentError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Port } from '../config/networks.ts';
import { LEASES_FILE, type PlaceFiles, UNBOUND_PLACE_FILES } from '../config/render-files.ts';

const SERVICE = 'dnsmasq';
/** Of a place that is still booting: until its supervisor answers. */
const START_TIMEOUT_S = 20;
const END_TIMEOUT_S = 10;

/** Puts the files of a place in order. */
export async function writeFiles(lab: Lab, node: LabNode, { files, remove }: PlaceFiles): Promise<void> {
  await lab.agent.call('write_node_files', { pid: node.pid, files, remove });
}

/** Before the place's daemons run: nothing of a network that was bound to it once is left. */
export function clearFiles(lab: Lab, node: LabNode): Promise<void> {
  return writeFiles(lab, node, { files: {}, remove: [...UNBOUND_PLACE_FILES.remove, LEASES_FILE] });
}

/** Returns when dnsmasq runs. @throws EnvironmentError when it does not within 20 s. */
export async function startService(lab: Lab, node: LabNode, files: PlaceFiles): Promise<void> {
  await writeFiles(lab, node, files);
  const { container_id, pid } = node;
  await lab.agent.call('start_daemon', { container_id, pid, name: SERVICE, timeout_s: START_TIMEOUT_S });
}

/** Returns when dnsmasq has ended and its files are gone. @throws EnvironmentError when it does not within 10 s. */
export async function endService(lab: Lab, node: LabNode): Promise<void> {
  // First the configuration: a supervisor that starts dnsmasq again must not find it.
  await writeFiles(lab, node, UNBOUND_PLACE_FILES);
  const { container_id } = node;
  await lab.agent.call('end_daemon', { container_id, name: SERVICE, timeout_s: END_TIMEOUT_S });
  // dnsmasq may write its leases once more when it ends.
  await writeFiles(lab, node, { files: {}, remove: [LEASES_FILE] });
}

/**
 * Tells a place that the network's ports have changed, in the order of Neutron's agent: leases that no port has any
 * more are released (dhcp_release(1)), the files written, dnsmasq signalled to read them.
 * @returns when it was signalled; undefined when no dnsmasq runs, or it has yet to read its files.
 */
export async function reloadService(
  lab: Lab,
  { node, iface }: { node: LabNode; iface: string },
  files: PlaceFiles,
  gone: readonly Port[],
): Promise<LabTime | undefined> {
  for (const { mac, address } of gone) {
    const command = ['dhcp_release', iface, address, mac];
    const done = await lab.exec(node.name, command);
    if (done.exit_code === 0) continue;
    // A place that still boots has no network yet, and no server that could have a lease.
    if (!(await isServing(lab, node))) break;
    throw new EnvironmentError(
      `node '${node.name}': '${command.join(' ')}' ended with ${done.exit_code}: ${done.stderr.trim()}`,
    );
  }
  await writeFiles(lab, node, files);
  const { container_id } = node;
  const signal = { container_id, name: SERVICE, signal_name: 'SIGHUP' };
  const { after_ns, processes } = await lab.agent.call('signal_named', signal);
  return processes.length > 0 ? after_ns : undefined;
}

async function isServing(lab: Lab, { container_id }: LabNode): Promise<boolean> {
  const running = await lab.agent.call('container_processes', { container_id });
  return running.some(({ name }) => name === SERVICE);
}
