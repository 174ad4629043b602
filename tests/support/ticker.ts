import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { output } from './faults.ts';

/** Counts what it does, as fast as it gets to, and whether it can open a file. */
const TICKER = `import os, time
count = 0
while True:
    count += 1
    try:
        os.close(os.open('/dev/null', os.O_RDONLY))
        said = 'opens'
    except OSError as error:
        said = os.strerror(error.errno)
    # What is open already can be written on.
    os.pwrite(1, f'{count:09} {said:40}\\n'.encode(), 0)
    time.sleep(0.01)
`;

/** Starts a process `ticker` in a node. */
export async function startTicker(lab: Lab, node: string): Promise<void> {
  const script = `printf '%s' "$0" > /run/ticker.py; exec -a ticker python3 /run/ticker.py > /run/ticks 2>&1 < /dev/null &`;
  await output(lab, node, 'bash', '-c', script, TICKER);
  await waitUntil({
    what: 'the ticker to run',
    timeout_ms: 10_000,
    check: async () => (await ticks(lab, node)).count > 0,
  });
}

/** Read from outside: nothing need run in the node for it. */
export async function ticks(lab: Lab, node: string): Promise<{ count: number; said: string }> {
  const text = await lab.agent.call('read_node_file', { pid: lab.node(node).pid, path: '/run/ticks' });
  return { count: Number(text.slice(0, 9)), said: text.slice(10).trim() };
}

/** How often it ticks in a second. */
export async function rate(lab: Lab, node: string): Promise<number> {
  const before = (await ticks(lab, node)).count;
  await sleep(1000);
  return (await ticks(lab, node)).count - before;
}
