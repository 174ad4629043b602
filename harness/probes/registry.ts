import type { z } from 'zod';
import { registryOf } from '../ground/registry.ts';
import { dhcp } from './dhcp/dhcp.ts';
import { dhcpClient } from './dhcp/dhcp-client.ts';
import { dhcpLoad } from './dhcp/dhcp-load.ts';
import { dhcpPort } from './dhcp/dhcp-port.ts';
import { frames } from './frames/frames.ts';
import { http } from './http/http.ts';
import { metadata } from './http/metadata.ts';
import type { ProbeKind } from './probe.ts';
import { tcp } from './tcp/tcp.ts';
import { newFlows } from './udp/new-flows.ts';
import { udp } from './udp/udp.ts';
import { udpFlows } from './udp/udp-flows.ts';

/** Every kind of probe. A new one is a file and a line here. */
const KINDS = [
  udp,
  udpFlows,
  newFlows,
  frames,
  tcp,
  http,
  metadata,
  dhcpClient,
  dhcp,
  dhcpLoad,
  dhcpPort,
] as const;

/** What a drill, or a program, says of one probe. */
export type ProbeSpec = z.input<(typeof KINDS)[number]['options']>;

export const probes = registryOf<ProbeKind>('probe', KINDS as unknown as ProbeKind[], ({ kind }) => kind);
