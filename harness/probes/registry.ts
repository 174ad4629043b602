import { registryOf } from '../ground/registry.ts';
import { dhcp } from './dhcp.ts';
import { dhcpClient } from './dhcp-client.ts';
import { dhcpLoad } from './dhcp-load.ts';
import { dhcpPort } from './dhcp-port.ts';
import { http } from './http.ts';
import { metadata } from './metadata.ts';
import type { ProbeKind } from './probe.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

/** Every kind of probe. A new one is a file and a line here. */
const KINDS = [udp, tcp, http, metadata, dhcpClient, dhcp, dhcpLoad, dhcpPort] as const;

export const probes = registryOf<ProbeKind>('probe', KINDS as unknown as ProbeKind[], ({ kind }) => kind);
