import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { restsInFabric } from '../support/fabric-rests.ts';
import { B, ping } from '../support/fault-matrix/ping.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

/** As long as a killed command may leave something. */
const GONE_MS = 10_000;
const BUSY = `while :; do ping -i 0.02 -s 1000 -W 0.2 -c 500 ${B}; sleep 0.05; done >/dev/null 2>&1 &`;

const name = freshName('killed-faults');
let lab: Lab;
beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('faults')), { name });
  await lab.release();
  await lab.exec('a', ['sh', '-c', BUSY]);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** What shows in the fabric while a fault is in effect, or is seen of b alone. */
test.each([
  ['loss', 'b:eth1', 'table bridge'],
  ['duplicate', 'b:eth1', 'table netdev'],
  ['corrupt', 'b:eth1', 'table bridge'],
  ['mtu', 'b:eth1', 'table bridge', 'bytes=600'],
  ['rate', 'b:eth1', 'qdisc tbf', 'limit=100kbit'],
  ['partition', 'network:lan', 'table bridge'],
  ['duplicate-address', 'network:lan', 'stranger', `address=${B}`],
  ['mac-flap', 'b:eth1', 'stranger'],
  ['blackhole', 'b:eth1', ''],
  ['one-way', 'b:eth1', ''],
  ['isolate', 'b', ''],
  ['flap', 'b:eth1', '', 'period=300ms'],
])(
  'SIGKILL of the command while %s of %s is in effect: the fabric heals it',
  async (kind, target, rest, ...options) => {
    const words = options.flatMap((one) => ['--option', one]);
    const command = startHadrill(['fault', name, kind, target, ...words, '--for', '120s']);
    await command.said(new RegExp(`^${kind} of ${target}`, 'm'));
    if (rest !== '') expect((await restsInFabric(name)).join('\n')).toContain(rest);
    else expect((await ping(lab, 'a', B, { count: 100 })).received).toBeLessThan(95);
    command.signal('SIGKILL');
    await command.ended;
    let left: string[] = [];
    await waitUntil({
      what: 'nothing to be left in the fabric',
      timeout_ms: GONE_MS,
      check: async () => {
        left = await restsInFabric(name);
        return left.length === 0;
      },
      lastSeen: () => left.join('\n'),
    });
    await waitUntil({
      what: 'every ping to come back',
      timeout_ms: 60_000,
      check: async () => (await ping(lab, 'a', B, { count: 20, size: 1400 })).received === 20,
    });
  },
);
