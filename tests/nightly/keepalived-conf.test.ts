import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { type KeepalivedConf, readKeepalivedConf } from '../../harness/measure/keepalived-conf.ts';
import { parseKeepalivedDump } from '../../harness/measure/keepalived-dump.ts';
import type { VrrpInstance } from '../../harness/measure/vrrp-instance.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { keepalivedConfs } from '../support/keepalived-confs.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const RUN_ALL = readFileSync(new URL('../fixtures/keepalived/run-all.sh', import.meta.url), 'utf8');
const BATCH = 48;
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
    // The daemon shows a command in its own quotes.
    track.kind === 'script' ? { ...track, command: track.command.replaceAll("'", '') } : track,
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
  async function dumpsOf(texts: readonly string[]): Promise<(string | undefined)[]> {
    const files = Object.fromEntries(texts.map((text, at) => [`/tmp/conf/${at}.conf`, text]));
    await lab.agent.call('write_node_files', { pid: lab.node('r1').pid, files, remove: [] });
    const { stdout } = await lab.exec('r1', ['sh', '-c', RUN_ALL], 300_000);
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
});
