import { uint16 } from './bytes.ts';
import { ethernetFrame, type Frame } from './frame.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';

/** RFC 7348: behind the UDP header flags, of which one says that there is an identifier, and the identifier. */
const VXLAN = { port: 4789, header: 8, has_vni: 0x08 };
const UDP_HEADER = 8;

/** The frame that a VXLAN packet over IPv4 carries, with the time of the outer one; undefined of any other frame. */
export function vxlanPayload(frame: Frame): Frame | undefined {
  const packet = transportOf(frame, PROTOCOL.udp, UDP_HEADER + VXLAN.header);
  if (!packet) return undefined;
  const { bytes, at_ns } = frame;
  const { payload_start: udp, payload_end } = packet;
  const header = udp + UDP_HEADER;
  if (uint16(bytes, udp + 2) !== VXLAN.port || ((bytes[header] ?? 0) & VXLAN.has_vni) === 0) return undefined;
  return ethernetFrame(at_ns, bytes, header + VXLAN.header, payload_end);
}
