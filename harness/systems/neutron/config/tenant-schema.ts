import { z } from 'zod';

const address = z.ipv4('an IPv4 address such as 198.18.1.11');

/** What a tenant file may say: what users of Neutron would create by its API. */
export const tenantSchema = z.strictObject({
  networks: z
    .record(
      z.string(),
      z.strictObject({
        subnet: z.cidrv4('a subnet such as 198.18.1.0/24'),
        gateway: address.describe("a router's address in it; of a provider's network its own gateway"),
        provider: z
          .string()
          .optional()
          .describe('the network is the provider’s: the name that bridge_mappings has for it'),
      }),
    )
    .describe('by name, in the order in which they are created'),
  routers: z
    .record(
      z.string(),
      z.strictObject({
        external: z.string().describe("the provider's network that it translates addresses to"),
        networks: z.array(z.string()).describe('networks whose gateway it is'),
        ha: z.boolean().exactOptional().describe('several replicas with keepalived; default: l3_ha'),
        count: z
          .int()
          .min(0)
          .max(50)
          .exactOptional()
          .describe(
            'so many routers like this one, without networks: NAME1, NAME2 and so on; default: this one alone',
          ),
      }),
    )
    .describe('by name, in the order in which they are created'),
  ports: z
    .record(
      z.string(),
      z.strictObject({
        network: z.string(),
        mac: z.string().describe('a MAC address such as 02:18:01:00:00:0b'),
        address,
        at: z.string().describe('NODE:INTERFACE of a compute node: where the machine is plugged in'),
        floating_ip: address
          .optional()
          .describe("an address of the provider's network that leads to the port"),
      }),
    )
    .describe('by name'),
});

export type TenantFile = z.output<typeof tenantSchema>;
