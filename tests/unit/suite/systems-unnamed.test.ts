import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systems } from '../../../harness/systems/registry.ts';

const HARNESS = path.join(import.meta.dirname, '../../../harness');
const PROGRAMS = ['keepalived', 'cluster', 'corosync', 'dnsmasq', 'neutron'];
const NAMES = new RegExp([...systems.keys(), ...PROGRAMS].join('|'), 'i');

/** What works for every system under test alike. Probes speak protocols, so their folder is not among these. */
const COMMON = [
  '{analysis,audits,cli,evidence,init,outage,report,verdict,journal}/**/*.ts',
  'drill/{check-drill,foreseen-bounds,load-drill}.ts',
  'systems/proposal/*.ts',
  'systems/{initialiser,system,system-analysis,foreseen,systems-in,load-systems,shared-address}.ts',
  'index.ts',
];

/** Those that name one all the same, and why. */
const REASONS: Record<string, string> = {
  'outage/yardsticks.ts': 'a yardstick has the name of those who use it: tests of Neutron',
  'report/yardsticks.ts': 'the same',
  'journal/cluster-facts.ts': 'a key of the facts that is older than `systems`',
  'journal/cluster-facts-schema.ts': 'its shape',
  'journal/dhcp-facts.ts': 'a key of the facts that is older than `systems`',
  'journal/dhcp-facts-schema.ts': 'its shape',
  'journal/dnsmasq-facts.ts': 'a key of the facts that is older than `systems`',
  'journal/dnsmasq-facts-schema.ts': 'its shape',
  'journal/trial-facts.ts': 'these keys, and what virtual routers note under theirs',
  'journal/trial-facts-schema.ts': 'their shape',
  'journal/journal.ts': 'the keys of the journal that are older than `systems`; examples',
  'journal/journal-schema.ts': 'their shape',
  'journal/system-records.ts': 'what stands under them',
  'systems/system.ts': 'the keys of the journal that are older than `systems`',
};

async function naming(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const pattern of COMMON) {
    for await (const file of glob(pattern, { cwd: HARNESS })) {
      const lines = (await readFile(path.join(HARNESS, file), 'utf8')).split('\n');
      const named = lines.filter((line) => NAMES.test(line));
      if (named.length > 0) found.set(file, named);
    }
  }
  return found;
}

test('what works for every system under test names none of them', async () => {
  const found = await naming();
  const unreasoned = [...found].filter(([file]) => !Object.hasOwn(REASONS, file));
  expect(Object.fromEntries(unreasoned)).toEqual({});
});

test('each exception is one', async () => {
  const found = await naming();
  expect(Object.keys(REASONS).filter((file) => !found.has(file))).toEqual([]);
});
