/** What a node needs of its kernel to forward for others, the same on every machine, whatever its own setting is. */
export const ROUTER_SYSCTLS: Readonly<Record<string, number>> = {
  'net.ipv4.ip_forward': 1,
  // A port answers ARP for its own addresses only, and asks with them.
  'net.ipv4.conf.all.arp_ignore': 1,
  'net.ipv4.conf.all.arp_announce': 2,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
};
