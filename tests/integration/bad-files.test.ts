import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshFile, freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft, freshLab, freshName, removeLabs } from '../support/labs.ts';
import { refused } from '../support/refused.ts';
import { BAD_DRILLS } from '../unit/drill/bad-drills.ts';

const NODES = `
  nodes:
    a: { kind: linux, image: hadrill/endpoint }
    b: { kind: linux, image: hadrill/endpoint }
`;

/** `at` is where the message must point to: line, or line:column. */
const TOPOLOGIES: { what: string; text: string; at: string; says: RegExp }[] = [
  { what: 'not YAML', text: 'name: x\ntopology: [\n', at: '3', says: /./ },
  { what: 'an empty file', text: '', at: '1', says: /./ },
  {
    what: 'an unknown key',
    text: 'name: x\ntopology:\n  nodes:\n    a: { kind: linux, image: hadrill/endpoint, imagge: y }\n',
    at: '4:',
    says: /'imagge'.*did you mean 'image'/,
  },
  {
    what: 'a link to an unknown node',
    text: `name: x\ntopology:${NODES}  links:\n    - endpoints: [a:eth1, bb:eth1]\n`,
    at: '7:',
    says: /'bb'/,
  },
  {
    what: 'an endpoint twice in one link',
    text: `name: x\ntopology:${NODES}  links:\n    - endpoints: [a:eth1, a:eth1]\n`,
    at: '7:',
    says: /a:eth1/,
  },
  {
    what: 'an interface used by two links',
    text: `name: x\ntopology:${NODES}  links:\n    - endpoints: [a:eth1, b:eth1]\n    - endpoints: [a:eth2, b:eth1]\n`,
    at: '8:',
    says: /b:eth1|eth1.*b/,
  },
  {
    what: 'privileged',
    text: 'name: x\ntopology:\n  nodes:\n    a:\n      kind: linux\n      image: hadrill/endpoint\n      privileged: true\n',
    at: '7:',
    says: /privileged/,
  },
];

describe('a topology file with a mistake is refused with its place', () => {
  test.each(TOPOLOGIES)('$what', async ({ text, at, says }) => {
    const file = await freshFile('wrong.clab.yml', text);
    const lab = freshLab('wrong');
    const { stderr } = await refused(['up', file, '--name', lab], 2);
    expect(stderr).toContain(`${file}:${at}`);
    expect(stderr).toMatch(says);
    await expectNothingLeft(lab);
  });

  test('every mistake is told at once', async () => {
    const text = `name: x\ntopology:${NODES}  links:\n    - endpoints: [a:eth1, bb:eth1]\n    - endpoints: [a:eth2, cc:eth1]\n`;
    const file = await freshFile('wrong.clab.yml', text);
    const { stderr } = await refused(['up', file, '--name', freshLab()], 2);
    expect(stderr).toContain("'bb'");
    expect(stderr).toContain("'cc'");
  });

  test('a file that is not there', async () => {
    const { stderr } = await refused(['up', 'no/such/file.clab.yml', '--name', freshLab()], 2);
    expect(stderr).toContain('no/such/file.clab.yml');
  });

  test('a folder instead of a file', async () => {
    const { stderr } = await refused(['up', REPOSITORY, '--name', freshLab()], 2);
    expect(stderr).toContain(REPOSITORY);
  });
});

describe('images', () => {
  async function upWithImage(image: string, code: 2 | 3): Promise<string> {
    const text = `name: x\ntopology:\n  nodes:\n    web: { kind: linux, image: "${image}" }\n`;
    const lab = freshLab('image');
    const { stderr } = await refused(['up', await freshFile('x.clab.yml', text), '--name', lab], code);
    await expectNothingLeft(lab);
    return stderr;
  }

  test('an own one that does not exist: what was meant, what there is', async () => {
    const stderr = await upWithImage('hadrill/enpoint', 2);
    expect(stderr).toMatch(/node web: .*hadrill\/enpoint.*did you mean hadrill\/endpoint\?.*hadrill\/router/);
  });

  test('one that no registry has', async () => {
    const stderr = await upWithImage('example.invalid/x:1', 3);
    expect(stderr).toMatch(/node web: the engine does not have the image example\.invalid\/x:1/);
    expect(stderr).toMatch(/^what to do: /m);
  });

  test('a router without keepalived', async () => {
    const folder = await freshFolder();
    const shipped = path.join(REPOSITORY, 'topologies/l3');
    const original = await readFile(path.join(shipped, 'l3.clab.yml'), 'utf8');
    const lab = freshName('bare');
    const text = original
      .replace(/^name: l3$/m, `name: ${lab}`)
      .replace(/\$\{KEEPALIVED_CONF:=(.+)\}/, '$1')
      .replaceAll(/^( +- )([a-z.]+(?:\.template|\.conf)):/gm, `$1${shipped}/$2:`)
      .replace(/^( {4}r1:\n {6}kind: linux\n)/m, '$1      image: hadrill/endpoint\n');
    await writeFile(path.join(folder, 'l3.clab.yml'), text);
    const drill = (await readFile(drillFile('quick-crash'), 'utf8')).replace(
      /^topology:.*$/m,
      'topology: l3.clab.yml',
    );
    const file = path.join(folder, 'bare.drill.yml');
    await writeFile(file, drill);
    try {
      const { code, stdout, stderr } = await hadrill([
        'run',
        file,
        '--json',
        '--out',
        path.join(folder, 'out'),
      ]);
      expect([3, 4], stderr).toContain(code);
      expect(stderr + stdout).toMatch(/node 'r1' .*image hadrill\/endpoint:\S+ has no keepalived/);
      expect(stderr).not.toContain('    at ');
      await expectNothingLeft(`${lab}*`);
    } finally {
      await removeLabs(`${lab}*`);
    }
  });
});

describe('drill files', () => {
  const topology = path.join(REPOSITORY, 'topologies/l3/l3.clab.yml');
  const saved = (text: string) =>
    freshFile('x.drill.yml', text.replace(/^topology: .+$/m, `topology: ${topology}`));
  const drill = async (change: (text: string) => string) =>
    saved(change(await readFile(drillFile('quick-crash'), 'utf8')));

  const MISTAKES: { what: string; from: RegExp; to: string; says: RegExp }[] = [
    {
      what: 'an unknown metric',
      from: /udp\.outage_ms/,
      to: 'udp.outtage_ms',
      says: /did you mean 'udp.outage_ms'/,
    },
    { what: 'an unknown operator', from: /op: "<="/, to: 'op: "=<"', says: /<=/ },
    {
      what: 'a target that is nothing',
      from: /host:master\(router\)/,
      to: 'host:node7',
      says: /unknown host 'node7'/,
    },
    {
      what: 'an unknown role',
      from: /master\(router\)/,
      to: 'master(routr)',
      says: /routr.*did you mean 'router'/,
    },
    {
      what: 'a target of the wrong form',
      from: /host:master\(router\)/,
      to: 'r1:ha',
      says: /crash cannot be aimed/,
    },
    { what: 'an unknown fault', from: /kind: crash/, to: 'kind: crush', says: /crash/ },
    {
      what: 'an unknown node of a probe',
      from: /from: client/,
      to: 'from: clint',
      says: /did you mean 'client'/,
    },
    { what: 'a probe interval out of range', from: /interval: 5ms/, to: 'interval: 5s', says: /1ms to 5ms/ },
    {
      what: 'an unknown option of a fault',
      from: /^fault: .*$/m,
      to: 'fault: { kind: crash, target: r1, options: { signal: SIGTERM } }',
      says: /crash has no option 'signal'/,
    },
    {
      what: 'no duration',
      from: /steady: 500ms/,
      to: 'steady: soon',
      says: /expected a duration like 500ms.*'soon'/,
    },
    { what: 'an unknown key', from: /^hold:/m, to: 'holt:', says: /'holt'.*did you mean 'hold'/ },
  ];

  test.each(MISTAKES)('$what', async ({ from, to, says }) => {
    const file = await drill((text) => text.replace(from, to));
    const line = (await readFile(file, 'utf8')).split('\n').findIndex((one) => one.includes(to)) + 1;
    const { stderr } = await refused(['run', file, '--out', await freshFolder()], 2);
    expect(stderr).toContain(`${file}:${line}`);
    expect(stderr).toMatch(says);
  });

  test.each(BAD_DRILLS.map(([what, texts]) => [what, texts] as const))('%s', async (_what, texts) => {
    const [text] = fc.sample(texts, { numRuns: 1, seed: 1 });
    const file = await saved(text!);
    const { stderr } = await refused(['run', file, '--dry-run'], 2);
    expect(stderr).toMatch(/x\.drill\.yml:\d+:\d+: /);
  });

  test('an unknown drill: what was meant, what there is', async () => {
    const { stderr } = await refused(['run', 'l3/node-crush'], 2);
    expect(stderr).toMatch(/did you mean 'l3\/node-crash'\?.*l3\/keepalived-kill/);
    expect(stderr).not.toContain('dhcp/');
    const { stderr: nowhere } = await refused(['run', 'l9/nothing'], 2);
    expect(nowhere).toMatch(/shipped are drills of conntrack, .*`hadrill list` names them all/);
  });

  test('an unknown profile', async () => {
    const { stderr } = await refused(['run', 'l3/node-crash', '--profile', 'neutron'], 2);
    expect(stderr).toMatch(/there is no profile 'neutron'.*sla, neutron-default/);
  });

  test('a good drill beside a bad one does not run', async () => {
    const out = path.join(await freshFolder(), 'out');
    await refused(['run', 'l3/node-crash', 'l3/nothing', '--out', out], 2);
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });
});

test('a topology whose bind source is missing says which', async () => {
  const folder = await freshFolder();
  const text =
    'name: x\ntopology:\n  nodes:\n    a: { kind: linux, image: hadrill/endpoint, binds: ["no/such:/x"] }\n';
  const file = path.join(folder, 'x.clab.yml');
  await writeFile(file, text);
  const { stderr } = await refused(['up', file, '--name', freshLab()], 2);
  expect(stderr).toContain(`${file}:4:`);
  expect(stderr).toContain('no/such');
});
