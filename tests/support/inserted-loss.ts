import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { engine, labContainers } from './labs.ts';
import type { Away } from './running-probes.ts';

/**
 * Drops frames that cross the fabric's bridges, by nft(8), for known times: no part of hadrill. Prints the clock's
 * readings around each end, in ns after the epoch.
 */
const PROGRAM = `
import json, subprocess, sys, time
rule, lengths, pause, epoch = sys.argv[1], json.loads(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
def nft(text):
    before = time.time_ns() - epoch
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
    return [before, time.time_ns() - epoch]
base = "table bridge inserted { chain c { type filter hook forward priority 0; %s; }; }"
for length in lengths:
    gone = nft(base % rule)
    time.sleep(length / 1000 - (gone[1] - gone[0]) / 1e9)
    back = nft("delete table bridge inserted")
    print(json.dumps({"gone": gone, "back": back}), flush=True)
    time.sleep(pause / 1000)
`;

/** Makes a rule apply for each of these times, with a pause in between. @returns when each of them was. */
export async function insertLoss(
  lab: Lab,
  rule: string,
  lengths_ms: readonly number[],
  pause_ms = 400,
): Promise<Away[]> {
  const fabric = (await labContainers(lab.name)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  const args = [rule, JSON.stringify(lengths_ms), String(pause_ms), String(lab.agent.epoch_ns)];
  const container = engine.docker.getContainer(fabric.Id);
  const done = await execInContainer(container, ['python3', '-c', PROGRAM, ...args], { timeout_ms: 60_000 });
  if (done.exit_code !== 0) throw new Error(done.stderr);
  return done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Away);
}
