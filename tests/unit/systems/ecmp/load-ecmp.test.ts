import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../../harness/engine/package-root.ts';
import { loadEcmp } from '../../../../harness/systems/ecmp/config/load-ecmp.ts';
import { ecmp } from '../../../../harness/systems/ecmp/ecmp.ts';
import { parseTarget } from '../../../../harness/systems/roles.ts';
import { loadTopology } from '../../../../harness/topology/load-topology.ts';
import { freshFolder } from '../../../support/folder.ts';

const FILE = path.join(PACKAGE_ROOT, 'topologies/lb-ecmp/lb-ecmp.clab.yml');

async function load(env: Record<string, string> = {}) {
  const topology = await loadTopology(FILE, { env });
  return { topology, files: await loadEcmp(topology) };
}

test('the router learns the address from three balancers, each by the files of both', async () => {
  const { files } = await load({
    BFD_INTERVAL_MS: '50',
    BFD_MULTIPLIER: '5',
    HOLD_TIME: '6',
    CHECK_FALL: '4',
  });
  expect(files.own_addresses).toEqual(new Set(['198.19.0.100']));
  expect(files.routers.map(({ node }) => node)).toEqual(['router']);
  expect(files.routers[0]!.announcers.map(({ node, address }) => [node, address])).toEqual([
    ['lb1', '198.18.1.11'],
    ['lb2', '198.18.1.12'],
    ['lb3', '198.18.1.13'],
  ]);
  expect(files.routers[0]!.announcers[0]).toMatchObject({
    interface: 'fabric',
    silence: { bfd: { interval_ms: 50, multiplier: 5 }, hold_ms: 6000, keepalive_ms: 2000 },
    check: { interval_ms: 1000, timeout_ms: 1000, fall: 4 },
  });
});

test('without BFD and without a check neither bounds anything', async () => {
  const { files } = await load({ BFD: 'off', ANNOUNCE: 'off', CHECKED: 'off' });
  expect(files.routers[0]!.announcers[0]).toMatchObject({
    silence: { bfd: null, hold_ms: 9000 },
    check: expect.stringMatching(/does not ask its HAProxy/),
  });
});

/** With a file of the topology changed, and all others as they are. */
async function loadWith(name: string, from: RegExp, to: string) {
  const folder = await freshFolder();
  await cp(path.dirname(FILE), folder, { recursive: true });
  const file = path.join(folder, name);
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(from);
  await writeFile(file, text.replace(from, to));
  return loadEcmp(await loadTopology(path.join(folder, path.basename(FILE)), { env: {} }));
}

test('a neighbour that exports nothing, or has no address on lo, announces nothing', async () => {
  const conf = 'balancer.bird.conf.template';
  expect((await loadWith(conf, /export where [^;]*;/, 'export none;')).routers).toEqual([]);
  const files = await loadWith(path.basename(FILE), /lo=198\.19\.0\.100\/32 (fabric=198\.18\.1\.12)/, '$1');
  expect(files.routers[0]!.announcers.map(({ node }) => node)).toEqual(['lb1', 'lb3']);
});

describe('where the two ends differ', () => {
  const silenceWith = async (from: RegExp, to: string) =>
    (await loadWith('balancer.bird.conf.template', from, to)).routers[0]!.announcers[0]!.silence;

  test('BFD is between two that both ask for it', async () => {
    expect(await silenceWith(/bfd \$\{BFD\}/, 'bfd off')).toMatchObject({ bfd: null });
  });

  test("a packet comes at the larger of the router's and the balancer's interval; the balancer's multiplier counts", async () => {
    const interval = /interval \$\{BFD_INTERVAL_MS\} ms/;
    expect(await silenceWith(interval, 'interval 1 s')).toMatchObject({ bfd: { interval_ms: 1000 } });
    expect(await silenceWith(interval, 'interval 10 ms')).toMatchObject({ bfd: { interval_ms: 300 } });
    expect(await silenceWith(/\$\{BFD_MULTIPLIER\}/, '7')).toMatchObject({ bfd: { multiplier: 7 } });
  });

  test('the shorter hold time counts, and a keepalive of its own', async () => {
    const hold = /hold time \$\{HOLD_TIME\}/;
    expect(await silenceWith(hold, 'hold time 6')).toMatchObject({ hold_ms: 6000, keepalive_ms: 2000 });
    expect(await silenceWith(hold, 'hold time 90; keepalive time 1')).toMatchObject({
      hold_ms: 9000,
      keepalive_ms: 1000,
    });
  });

  test('what is not followed is said', async () => {
    expect(await silenceWith(/log stderr/, 'include "more.conf";\nlog stderr')).toBe(
      "'include' in bird.conf is not followed",
    );
  });
});

test('bounds are known before a lab runs', async () => {
  const { topology, files } = await load();
  const foresee = (target: string, more: object) =>
    ecmp.foresee!(files, topology, {
      what: 'it',
      target: parseTarget(target),
      departure: undefined,
      stops_forwarding: false,
      ...more,
    }).bounds['ecmp.withdrawn_ms'];
  expect(foresee('host:node1', { stops_forwarding: true, departure: 'abrupt' })).toMatchObject({ high: 900 });
  expect(foresee('lb1/haproxy', { signal: 'SIGKILL' })).toMatchObject({ low: 1000, high: 2000 });
  expect(foresee('lb1/haproxy', { signal: 'SIGSTOP' })).toMatchObject({ low: 2000, high: 3000 });
  expect(foresee('web1', { stops_forwarding: true })).toBeUndefined();
});
