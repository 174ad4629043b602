/** A line of dnsmasq's lease file. */
export interface DnsmasqLease {
  /** Seconds since 1970; undefined for one without an end. */
  expires_s: number | undefined;
  mac: string;
  address: string;
}

/**
 * Reads a lease file: `expiry MAC address hostname client-id`, one a line; 0 for a lease without an end (dnsmasq(8),
 * --dhcp-leasefile). IPv6 leases, the server's DUID, and a line that is being written are left out.
 */
export function parseDnsmasqLeases(text: string): DnsmasqLease[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line): DnsmasqLease[] => {
    const [expiry, mac, address] = line.split(' ');
    if (!expiry || !/^\d+$/.test(expiry) || !mac || !MAC.test(mac) || !address || !IPV4.test(address))
      return [];
    return [{ expires_s: expiry === '0' ? undefined : Number(expiry), mac: mac.toLowerCase(), address }];
  });
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
