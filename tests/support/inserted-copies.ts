import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { engine, labContainers } from './labs.ts';

/**
 * Doubles some datagrams of a UDP probe that come in at one port of a bridge, and holds others back until two later ones
 * have passed: no part of hadrill. It chooses them by numbers that are still to come, and says how many there were. The
 * frames are sent again as they are, without a checksum: that of a datagram from this kernel was never made.
 */
const PROGRAM = `
import json, socket, struct, subprocess, sys
come_in, go_out, side, port = sys.argv[1:5]
UDP, SEQ, HELD_FOR = 34, 54, 3
sniff = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
sniff.bind((come_in, 0))
sniff.settimeout(20)
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((go_out, 0))
def datagrams():
    while True:
        frame, address = sniff.recvfrom(2048)
        if address[2] == socket.PACKET_OUTGOING or frame[12:14] != b"\\x08\\x00" or frame[23] != 17:
            continue
        at = UDP + (2 if side == "dport" else 0)
        if frame[at:at + 2] == struct.pack("!H", int(port)) and frame[42:46] == b"HDU1":
            yield struct.unpack("!Q", frame[SEQ:SEQ + 8])[0], frame[:40] + b"\\0\\0" + frame[42:]
def nft(text):
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
stream = datagrams()
base = next(stream)[0] + 200
twice = {base + 20 * step for step in range(7)}
held = {base + 10 + 20 * step for step in range(5)}
rule = "table bridge inserted { chain c { type filter hook forward priority 0; udp %s %s @th,192,32 { %s } drop; }; }"
nft(rule % (side, port, ", ".join(str(seq) for seq in sorted(held))))
kept, did, ready = {}, {"twice": 0, "held": 0}, False
for seq, frame in stream:
    ready = ready or seq < base
    if not ready:
        sys.exit("the datagrams came too soon")
    if seq in twice:
        out.send(frame)
        did["twice"] += 1
    if seq in held:
        kept[seq + HELD_FOR] = frame
    if seq in kept:
        out.send(kept.pop(seq))
        did["held"] += 1
    if seq > base + 200:
        break
nft("delete table bridge inserted")
print(json.dumps(did))
`;

/** What was done to the datagrams of a probe to a port that came in at one port of the fabric and go out at another. */
export async function insertCopies(
  lab: Lab,
  way: { come_in: string; go_out: string; side: 'dport' | 'sport'; port: number },
): Promise<{ twice: number; held: number }> {
  const fabric = (await labContainers(lab.name)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  const args = [way.come_in, way.go_out, way.side, String(way.port)];
  const container = engine.docker.getContainer(fabric.Id);
  const done = await execInContainer(container, ['python3', '-c', PROGRAM, ...args], { timeout_ms: 60_000 });
  if (done.exit_code !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as { twice: number; held: number };
}
