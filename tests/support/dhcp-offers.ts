import type { Lab } from '../../harness/lab/lab.ts';
import { output } from './faults.ts';

/** Broadcasts one DISCOVER without a parameter list and prints what every OFFER says: server, address, lease, T1, T2. */
const DISCOVER = `
import os, socket, struct, sys, time
interface, mac, wait_s = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", "")), float(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\\0")
s.bind(("", 68))
xid = os.urandom(4)
head = struct.pack("!4B4sHH16s16s192s4s", 1, 1, 6, 0, xid, 0, 0x8000, bytes(16), mac, bytes(192), b"\\x63\\x82\\x53\\x63")
s.sendto(head + b"\\x35\\x01\\x01\\xff", ("255.255.255.255", 67))
end = time.monotonic() + wait_s
while (left := end - time.monotonic()) > 0:
    s.settimeout(left)
    try:
        data = s.recv(2048)
    except TimeoutError:
        break
    if data[0] != 2 or data[4:8] != xid:
        continue
    options, at = {}, 240
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        options[data[at]] = data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    times = [int.from_bytes(options.get(code, b"")) for code in (51, 58, 59)]
    print(socket.inet_ntoa(options[54]), socket.inet_ntoa(data[16:20]), *times)
`;

export interface Offer {
  server: string;
  address: string;
  /** 0: the option was not sent. */
  lease_s: number;
  t1_s: number;
  t2_s: number;
}

/** Every OFFER that a DISCOVER of \`mac\` gets within a while, by the server's address. */
export async function offersFor(lab: Lab, network: string, mac: string, wait_s = 1): Promise<Offer[]> {
  const text = await output(lab, 'tester', 'python3', '-c', DISCOVER, network, mac, String(wait_s));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Offer => {
      const [server = '', address = '', ...times] = line.split(' ');
      const [lease_s = 0, t1_s = 0, t2_s = 0] = times.map(Number);
      return { server, address, lease_s, t1_s, t2_s };
    })
    .toSorted((a, b) => (a.server < b.server ? -1 : 1));
}
