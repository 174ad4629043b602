import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import {
  type KeepalivedConf,
  readKeepalivedConf,
} from '../../harness/systems/vrrp/config/keepalived-conf.ts';
import { parseKeepalivedDump } from '../../harness/systems/vrrp/config/keepalived-dump.ts';
import type { VrrpInstance } from '../../harness/systems/vrrp/config/vrrp-instance.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { keepalivedConfs } from '../support/keepalived-confs.ts';
import { keepalivedSamples } from '../support/keepalived-samples.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const RUN_ALL = readFileSync(new URL('../fixtures/keepalived/run-all.sh', import.meta.url), 'utf8');
const BATCH = 48;
/**
 * Interfaces and a program that the samples of Debian's package name: a check whose program is not there is not tracked,
 * which only the daemon can know.
 */
const SAMPLE_NEEDS = ['eth0', 'eth1', 'eth2', 'eth3', 'eth0.1']
  .map(
    (name, at) =>
      `ip link add ${name} type veth peer name p${at}; ip link set ${name} up; ip link set p${at} up; ip addr add 198.18.${100 + at}.2/24 dev ${name}`,
  )
  .concat('ln -sf /usr/bin/true /usr/bin/killall')
  .join('\n');
const SEEDS = [1, 7, 11];
const FILES_PER_SEED = 144;

/** What a file and a running daemon both tell, in an order of its own. */
function comparable(instance: VrrpInstance) {
  const {
    state: _,
    running_state,
    effective_priority,
    master_advert_int_ms,
    master_priority,
    ...rest
  } = instance;
  const tracks = rest.tracks.map(({ up: _up, ...track }) =>
    // The daemon shows a command in its own quotes, and where it found the program.
    track.kind === 'script'
      ? { ...track, command: track.command.replaceAll("'", '').replace(/^\/usr\/bin\//, '') }
      : track,
  );
  return {
    ...rest,
    tracks: tracks.toSorted((a, b) => `${a.kind} ${a.name}`.localeCompare(`${b.kind} ${b.name}`)),
  };
}

describe('keepalived.conf as keepalived reads it', () => {
  const name = freshName('keepalived-conf');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('keepalived-alone')), { name });
    await lab.release();
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** The dumps of daemons that were started with these files; undefined of one that ended. */
  async function dumpsOf(texts: readonly string[], options = ''): Promise<(string | undefined)[]> {
    const files = Object.fromEntries(texts.map((text, at) => [`/tmp/conf/${at}.conf`, text]));
    await lab.agent.call('write_node_files', { pid: lab.node('r1').pid, files, remove: [] });
    const { stdout } = await lab.exec(
      'r1',
      ['env', `KEEPALIVED_OPTIONS=${options}`, 'sh', '-c', RUN_ALL],
      300_000,
    );
    const parts = new Map(
      stdout.split(/^=== /m).map((part) => [part.split('\n', 1)[0]!, part.slice(part.indexOf('\n') + 1)]),
    );
    return texts.map((_, at) => parts.get(String(at)) || undefined);
  }

  function expectSame(conf: KeepalivedConf, dump: string | undefined, text: string): void {
    expect(conf.not_followed, text).toEqual([]);
    if (dump === undefined) expect(conf.refused, text).not.toEqual([]);
    else {
      expect(conf.refused, text).toEqual([]);
      const { instances } = parseKeepalivedDump(dump, 'r1');
      expect(conf.instances.map(comparable), text).toEqual(instances.map(comparable));
    }
  }

  test.each(SEEDS)('generated files, seed %i', async (seed) => {
    const texts = fc.sample(keepalivedConfs, { numRuns: FILES_PER_SEED, seed });
    let dumped = 0;
    for (let at = 0; at < texts.length; at += BATCH) {
      const batch = texts.slice(at, at + BATCH);
      const dumps = await dumpsOf(batch);
      dumped += dumps.filter((dump) => dump !== undefined).length;
      for (const [index, text] of batch.entries()) {
        expectSame(readKeepalivedConf({ text, file: 'k.conf', config_id: 'west' }), dumps[index], text);
      }
    }
    // Most of them run: else nothing would have been compared.
    expect(dumped).toBeGreaterThan(0.9 * texts.length);
  });

  test("the samples of Debian's package", async ({ skip }) => {
    const samples = await keepalivedSamples();
    if (typeof samples === 'string') return skip(samples);
    await lab.exec('r1', ['sh', '-c', SAMPLE_NEEDS], 30_000);
    // Kernels without IPVS end keepalived for its synchronisation, which is not part of what is read.
    const texts = [...samples.values()].map((text) => text.replaceAll(/^\s*lvs_sync_daemon.*$/gm, ''));
    const dumps = await dumpsOf(texts, '--vrrp');
    let compared = 0;
    for (const [at, text] of texts.entries()) {
      const conf = readKeepalivedConf({ text, file: 'k.conf', config_id: 'west' });
      // Without an instance the part of keepalived that does VRRP has nothing to do, and ends.
      if (conf.instances.length === 0) {
        expect(parseKeepalivedDump(dumps[at] ?? '', 'r1').instances, text).toEqual([]);
        continue;
      }
      expect(dumps[at], text).toBeDefined();
      expectSame(conf, dumps[at], text);
      compared += conf.instances.length;
    }
    expect(samples.size).toBeGreaterThan(20);
    expect(compared).toBeGreaterThan(30);
  });
});
