import { z } from 'zod';
import { daemonTime } from '../../../topology/duration.ts';
import { AGENT_TIMES } from '../../neutron-scheduling/agent-times-file.ts';

const address = z.ipv4('an IPv4 address such as 198.18.16.11');
const mac = z.string().describe('a MAC address such as 02:16:00:00:00:01');

const networkSchema = z.strictObject({
  subnet: z.cidrv4('a subnet such as 198.18.16.0/21'),
  gateway: address.optional().describe('option 3; none is given out without it'),
  ports: z
    .record(z.string(), z.strictObject({ mac, address }))
    .optional()
    .describe('by name: who gets an address, and which'),
  port_range: z
    .strictObject({ count: z.int().min(1).max(65_534), first_address: address, first_mac: mac })
    .optional()
    .describe('many ports with addresses and MAC addresses in a row, for probes'),
});

/** What a networks file may say. Where it says nothing, Neutron's and dnsmasq's own defaults hold. */
export const networksSchema = z.strictObject({
  dhcp_agents_per_network: z.int().min(1).default(1).describe('how many hosts serve a network at once'),
  allow_automatic_dhcp_failover: z.boolean().default(true).describe('move the networks of a dead agent'),
  ...AGENT_TIMES,
  lease_time: daemonTime.default(86_400_000),
  t1: daemonTime.optional().describe('option 58; default: half of the lease'),
  t2: daemonTime.optional().describe('option 59; default: seven eighths of the lease'),
  initial_leases: z.boolean().default(true).describe('a dnsmasq that starts knows a lease for every port'),
  authoritative: z.boolean().default(false),
  leasefile_ro: z.boolean().default(false),
  log: z.boolean().default(true).describe('dnsmasq logs what it does about DHCP'),
  networks: z.record(z.string(), networkSchema),
});

export type NetworksFile = z.output<typeof networksSchema>;
export type NetworkEntry = z.output<typeof networkSchema>;
