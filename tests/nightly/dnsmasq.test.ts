import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { InputError } from '../../harness/ground/errors.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { parseDnsmasqConf } from '../../harness/systems/dhcp/config/dnsmasq-conf.ts';
import { requirePlainDnsmasqs } from '../../harness/systems/dhcp/live/plain-dnsmasq.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { dnsmasqConfs } from '../support/dnsmasq-confs.ts';
import { hadrill } from '../support/hadrill.ts';
import { engine, freshName, labContainers, removeLabs, topologyFile } from '../support/labs.ts';

const COUNT = 300;
/** Asks dnsmasq of every file; one that it accepts it is started with, for what it says of its ranges. */
const SCRIPT = `
for conf in /tmp/confs/*; do
  said=$(dnsmasq --test -C "$conf" 2>&1) || { echo "$conf refused: $said" | tr '\\n' ' '; echo; continue; }
  : > /tmp/said
  dnsmasq -k -C "$conf" --user=root --group=root --log-facility=- --dhcp-leasefile=/tmp/leases > /tmp/said 2>&1 &
  for tick in $(seq 100); do
    if grep -q 'DHCP, ' /tmp/said || ! kill -0 $! 2> /dev/null; then break; fi
    sleep 0.02
  done
  sleep 0.02
  kill $! 2> /dev/null
  wait
  echo "$conf started: $(grep -o 'DHCP, .*' /tmp/said | tr '\\n' '|')"
done`;
const name = freshName('dnsmasq');
let lab: Lab;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('dnsmasq')), { name });
  await lab.release();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const inNode = (argv: string[]) =>
  lab.agent.call(
    'run_in_node',
    { container_id: lab.node('dhcp').container_id, argv, timeout_s: 240 },
    250_000,
  );
const write = (files: Record<string, string>) =>
  lab.agent.call('write_node_files', { pid: lab.node('dhcp').pid, files, remove: [] });

test(`${COUNT} configurations are read as dnsmasq reads them`, async () => {
  const confs = dnsmasqConfs(COUNT, 11);
  const file = (at: number) => `/tmp/confs/${String(at).padStart(4, '0')}`;
  await write(Object.fromEntries(confs.map((text, at) => [file(at), text])));
  const { stdout } = await inNode(['sh', '-c', SCRIPT]);
  const lines = stdout.split('\n').filter(Boolean);
  expect(lines).toHaveLength(COUNT);
  const seen = confs.map((text, at) => ({
    text: text.split('\n').slice(3),
    said: lines[at]!.slice(file(at).length + 1),
  }));
  const different = seen.flatMap(({ text, said }) => {
    const own = ownWords(text.join('\n'));
    const daemon = said.startsWith('refused') ? 'refused' : said.slice('started: '.length);
    return own === daemon ? [] : [{ text, daemon: said, own }];
  });
  expect(different).toEqual([]);
  // It is a test of both: right ones and wrong ones.
  const refused = seen.filter(({ said }) => said.startsWith('refused')).length;
  expect(refused).toBeGreaterThan(COUNT / 10);
  expect(refused).toBeLessThan((COUNT * 9) / 10);
});

test('dnsmasq itself says what is wrong, before anything is waited for', async () => {
  await write({ '/etc/dnsmasq.conf': 'port=0\ndhcp-range=198.18.1.20,nowhere\n' });
  await expect(requirePlainDnsmasqs(lab)).rejects.toThrow(
    /^dnsmasq of 'dhcp' refuses its configuration: dnsmasq: bad dhcp-range at line 2 of \/etc\/dnsmasq\.conf$/,
  );
  await expect(requirePlainDnsmasqs(lab)).rejects.toThrow(InputError);
  // It accepts this one, and ends at once: there is no such interface.
  await write({
    '/etc/dnsmasq.conf': 'port=0\ninterface=eth9\nbind-interfaces\ndhcp-range=198.18.1.20,198.18.1.30\n',
  });
  await expect(requirePlainDnsmasqs(lab)).rejects.toThrow(
    /dnsmasq of 'dhcp' to run with .*, which it accepts/,
  );
});

test('hadrill up says so too, and leaves nothing behind', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-dnsmasq-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'refused.clab.yml');
  const text = await readFile(topologyFile('dnsmasq'), 'utf8');
  const bound =
    '        ADDRESSES: lan=198.18.1.2/24\n      binds:\n        - dnsmasq.conf:/etc/dnsmasq.conf:ro\n';
  await writeFile(file, text.replace('        ADDRESSES: lan=198.18.1.2/24\n', bound));
  await writeFile(path.join(folder, 'dnsmasq.conf'), 'port=0\ndhcp-range=198.18.1.20,nowhere\n');
  const refused = freshName('dnsmasq-refused');
  const { code, stderr } = await hadrill(['up', file, '--name', refused]);
  expect(stderr).toContain("dnsmasq of 'dhcp' refuses its configuration: dnsmasq: bad dhcp-range at line 2");
  expect(code).toBe(2);
  expect(await labContainers(refused)).toEqual([]);
});

/** What dnsmasq says of the IPv4 ranges when it starts, by what the reader makes of the file. */
function ownWords(text: string): string {
  try {
    const { ranges } = parseDnsmasqConf(text, 'x');
    const words = ranges.map(({ start, end, mode, lease_s }) => {
      const lease = `lease time ${duration(lease_s)}`;
      if (mode === 'static') return `DHCP, static leases only on ${start}, ${lease}`;
      if (mode === 'proxy') return `DHCP, proxy on subnet ${start}`;
      return `DHCP, IP range ${start} -- ${end}, ${lease}`;
    });
    return words.map((one) => `${one}|`).join('');
  } catch (error) {
    if (error instanceof InputError) return 'refused';
    throw error;
  }
}

/** As dnsmasq prints it: 1h30m, infinite. */
function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'infinite';
  const parts = [
    [Math.trunc(seconds / 86_400), 'd'],
    [Math.trunc(seconds / 3600) % 24, 'h'],
    [Math.trunc(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('');
}
