import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { drillDescription } from '../../../harness/drill/drill-description.ts';
import { shippedDrill, shippedDrills } from '../../../harness/drill/find-drill.ts';
import { readDrill } from '../../../harness/drill/read-drill.ts';
import { freshFolder } from '../../support/folder.ts';

const REST = `
topology: l3.clab.yml
probes:
  udp: { kind: udp, from: client, to: server, address: 203.0.113.1 }
fault: { kind: crash, target: node }
expect:
  - { metric: udp.outage_ms, op: "<=", value: 5000 }
`;

async function drillWith(text: string) {
  const file = path.join(await freshFolder(), 'x.drill.yml');
  await writeFile(file, text);
  return { name: 'x', file, shipped: false };
}

test('every shipped drill says the same as when it is read whole', { timeout: 30_000 }, async () => {
  const names = await shippedDrills();
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const found = shippedDrill(name);
    expect(await drillDescription(found)).toBe((await readDrill(found)).content.description);
  }
});

test.each([
  ['description: a sentence'],
  ['description: >-\n  a\n\n  sentence\n  of lines'],
  ['description: a sentence\n  that goes on # and a comment'],
  ['description: |\n  lines\n   kept'],
  ['description: "with \\u00e9 and: more"'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the drill file
  ['description: of ${WHO:=somebody}'],
])('%j is read as it is in the whole file', async (line) => {
  const found = await drillWith(`# yaml\n${line}${REST}`);
  expect(await drillDescription(found)).toBe((await readDrill(found)).content.description);
});

test('a file without one is read whole, for its problems', async () => {
  await expect(drillDescription(await drillWith(REST))).rejects.toThrow(/description/);
});
