import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { engine, labContainers } from './labs.ts';
import type { Away } from './running-probes.ts';

/**
 * A path that hangs, as a switch in a process does that is stopped: frames of an EtherType that come in at one port of a
 * bridge are kept, as many as fit, and sent on at the end. Prints the clock's readings around each end, in ns after the
 * epoch, and how many were kept and how many did not fit.
 */
const PROGRAM = `
import json, socket, subprocess, sys, time
come_in, go_out, ethertype, length, fit, epoch = *sys.argv[1:3], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6])
def nft(text):
    before = time.time_ns() - epoch
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
    return [before, time.time_ns() - epoch]
sniff = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
out.bind((go_out, 0))
rule = "table bridge inserted { chain c { type filter hook forward priority 0; ether type 0x%x drop; }; }"
# All frames: at a bridge's port nothing else sees what is bridged.
sniff.bind((come_in, 3))
gone = nft(rule % ethertype)
kept, over, end = [], 0, time.monotonic() + length / 1000
while (wait := end - time.monotonic()) > 0:
    sniff.settimeout(wait)
    try:
        frame, address = sniff.recvfrom(2048)
    except TimeoutError:
        break
    # What came before the rule was there went its way.
    came = time.time_ns() - epoch
    if address[2] == socket.PACKET_OUTGOING or address[1] != ethertype or came < gone[1]:
        continue
    if len(kept) < fit:
        kept.append(frame)
    else:
        over += 1
before = time.time_ns() - epoch
for frame in kept:
    out.send(frame)
back = [before, nft("delete table bridge inserted")[1]]
print(json.dumps({"away": {"gone": gone, "back": back}, "kept": len(kept), "over": over}))
`;

/** Makes the way from one port of the fabric to another hang. @param fit so many frames are kept, the rest are lost. */
export async function insertHang(
  lab: Lab,
  way: { come_in: string; go_out: string; ethertype: number; length_ms: number; fit: number },
): Promise<{ away: Away; kept: number; over: number }> {
  const fabric = (await labContainers(lab.name)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  const { come_in, go_out, ethertype, length_ms, fit } = way;
  const args = [come_in, go_out, ethertype, length_ms, fit, lab.agent.epoch_ns].map(String);
  const container = engine.docker.getContainer(fabric.Id);
  const done = await execInContainer(container, ['python3', '-c', PROGRAM, ...args], { timeout_ms: 60_000 });
  if (done.exit_code !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as { away: Away; kept: number; over: number };
}
