import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';

const EXAMPLE = path.join(REPOSITORY, 'examples/keepalived-pair');
const SAMPLES = path.join(REPOSITORY, 'tests/fixtures/init');

const PAIRS: { pair: string; options: string[]; notes: string[]; control: string | RegExp }[] = [
  {
    pair: 'keepalived',
    options: ['r1', 'r2'].flatMap((node) => ['--keepalived', `${node}=${EXAMPLE}/${node}/keepalived.conf`]),
    notes: [],
    control: 'nobody took over within 10 s',
  },
  {
    pair: 'HAProxy under Pacemaker',
    options: ['corosync.conf', 'cib.xml', 'haproxy.cfg'].flatMap((name) => [
      `--${name.split('.')[0]}`,
      `${SAMPLES}/cluster/${name}`,
    ]),
    notes: ['note: the copy of the CIB has no fencing'],
    control: /no other node held|still open at the end/,
  },
  {
    pair: 'dnsmasq',
    options: ['d1=a', 'd2=b'].flatMap((one) => [
      '--dnsmasq',
      `${one.replace('=', `=${SAMPLES}/dnsmasq/`)}.conf`,
    ]),
    notes: [],
    control: 'dhcp.gap_ms: wanted <= 9.00 s',
  },
];

test.for(PAIRS)(
  'what init writes around a pair of $pair runs at once, and its control fails',
  async ({ options, notes, control: words }, { skip }) => {
    const folder = await freshFolder();
    const made = await hadrill(['init', ...options, '--out', 'mine'], { cwd: folder });
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain('wrote mine/pair.clab.yml');
    for (const note of notes) expect(made.stderr).toContain(note);
    if (notes.length === 0) expect(made.stderr).toBe('');

    const drill = await hadrill(['run', 'mine/node-crash.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
    skip(drill.code === 4 && drill.stdout.includes('starved'), 'the machine starved it');
    expect(drill.stdout).toMatch(/^PASS /m);
    expect(drill.code).toBe(0);

    const control = await hadrill(['run', 'mine/control.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
    expect(control.code).toBe(1);
    expect(control.stdout).toMatch(words);
  },
);
