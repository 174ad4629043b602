import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hadrill } from '../support/hadrill.ts';
import { buildHostile, HostFolder, removeImage } from '../support/hostile-image.ts';
import { freshLab } from '../support/labs.ts';

test('nothing of the host is in the records of a run with a hostile image', async () => {
  const host = await HostFolder.make();
  onTestFinished(() => host.remove());
  const image = await buildHostile(host);
  onTestFinished(() => removeImage(image));
  await host.writeTopology(freshLab('hostile-run'), image);
  const drill = host.file('hostile.drill.yml');
  const out = host.file('out');
  const text = [
    'description: a hostile node loses a daemon',
    'topology: hostile.clab.yml',
    'probes:',
    '  udp: { kind: udp, from: other, to: evil, address: 198.18.1.1 }',
    'fault: { kind: kill, target: evil/keepalived }',
    'expect:',
    '  - { metric: udp.outage_ms, op: "<=", value: 5000 }',
  ];
  await writeFile(drill, `${text.join('\n')}\n`);
  const done = await hadrill(['run', drill, '--trials', '1', '--out', out]);
  expect(done.stderr + done.stdout).not.toContain(host.token);
  const kept = (await readdir(out, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  expect(kept.map((one) => one.name)).toContain('facts.json');
  for (const one of kept)
    expect((await readFile(path.join(one.parentPath, one.name))).includes(host.token), one.name).toBe(false);
  await host.expectWhole();
});
