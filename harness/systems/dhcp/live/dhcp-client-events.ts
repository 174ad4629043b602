import { EnvironmentError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeLines } from '../../../lab/read-node-file.ts';

/** Where the hook scripts of the image `hadrill/dhcp-client` write. */
const EVENTS_FILE = '/run/dhcp-client/events';

/** What a DHCP client reported to its hook script. */
export interface DhcpClientEvent {
  at_ns: LabTime;
  /** In the client's own words: BOUND, RENEW, REBIND, REBOOT, EXPIRE, ... (dhclient-script(8), dhcpcd-run-hooks(8)) */
  reason: string;
  interface: string;
  address: string | null;
  server: string | null;
  lease_s: number | null;
  /** T1 and T2 as the server sent them. */
  t1_s: number | null;
  t2_s: number | null;
}

/** More of a client are forgotten, the oldest first: a trial has some tens. */
const MOST_EVENTS = 10_000;
/** What was read of each node's file: it grows for as long as the lab lives, and is asked for many times a second. */
const logs = new WeakMap<LabNode, { offset: number; events: DhcpClientEvent[] }>();

/**
 * What the DHCP client of a node has reported since the node's first start, in order: the last 10,000 events.
 * @throws EnvironmentError when it has reported nothing: no client runs there.
 */
export async function dhcpClientEvents(lab: Lab, node: LabNode): Promise<DhcpClientEvent[]> {
  const log = logs.get(node) ?? { offset: 0, events: [] };
  const read = await readNodeLines(lab, node.pid, EVENTS_FILE, log.offset);
  if (!read)
    throw new EnvironmentError(`no DHCP client has reported anything in '${node.name}': ${EVENTS_FILE}`);
  const events = parseClientEvents(read.text, lab.agent.epoch_ns);
  const all = [...log.events, ...events].slice(-MOST_EVENTS);
  logs.set(node, { offset: read.offset, events: all });
  return all;
}

/**
 * The lines of a hook script: time since 1970 in ns, reason, interface, address, server, lease, T1 and T2 in s; `-`
 * for what there is none of. A last line that is being written is left out.
 * @param epoch_ns the lab's epoch.
 */
export function parseClientEvents(text: string, epoch_ns: bigint): DhcpClientEvent[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line): DhcpClientEvent[] => {
    const [at, reason, name, address, server, lease, t1, t2, ...more] = line.split(' ');
    if (!at || !/^\d+$/.test(at) || !reason || !name || t2 === undefined || more.length > 0) return [];
    return [
      {
        at_ns: Number(BigInt(at) - epoch_ns),
        reason,
        interface: name,
        address: given(address),
        server: given(server),
        lease_s: secondsOf(lease),
        t1_s: secondsOf(t1),
        t2_s: secondsOf(t2),
      },
    ];
  });
}

function secondsOf(word: string | undefined): number | null {
  return word !== undefined && /^\d+$/.test(word) ? Number(word) : null;
}

function given(word: string | undefined): string | null {
  return word === undefined || word === '-' ? null : word;
}
