/** What a conntrackd says of itself. What its mode does not have is undefined. */
export interface ConntrackdStats {
  /** The interface of the channel that it uses now. */
  channel: string;
  /** Packets of its peers that it received since its start. */
  received: number | undefined;
  /** Packets that it sent to its peers since its start. */
  sent: number | undefined;
  /** Its own node's connections; undefined with `DisableInternalCache`. */
  internal: number | undefined;
  /** Its peers' connections; undefined with `DisableExternalCache`, when they are in its kernel's table already. */
  external: number | undefined;
}

const CACHE = /^cache (internal|external):\s*\n\s*current active connections:\s*(\d+)/gm;
const CHANNEL = /^(\w+) traffic \(active device=([^)]*)\):/gm;
const PACKETS = /^\s*(\d+) Pckts sent\s+(\d+) Pckts recv/gm;

/**
 * Reads what `conntrackd -s` prints (conntrackd(8); stats_dump in the daemon's sync-mode.c).
 * @returns undefined when it is not of a daemon that synchronises: `Mode` of the block `Stats`, or no answer.
 */
export function parseConntrackdStats(text: string): ConntrackdStats | undefined {
  const caches = new Map([...text.matchAll(CACHE)].map(([, name, count]) => [name, Number(count)]));
  const channel = [...text.matchAll(CHANNEL)].at(0);
  if (!channel) return undefined;
  const packets = [...text.matchAll(PACKETS)];
  const sum = (group: number) => packets.reduce((total, found) => total + Number(found[group]), 0);
  return {
    channel: channel[2]!,
    sent: packets.length > 0 ? sum(1) : undefined,
    received: packets.length > 0 ? sum(2) : undefined,
    internal: caches.get('internal'),
    external: caches.get('external'),
  };
}
