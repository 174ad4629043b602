import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatProblem, InputError } from '../../../../../harness/ground/errors.ts';
import { loadKeepalived } from '../../../../../harness/systems/vrrp/config/load-keepalived.ts';
import { loadTopology } from '../../../../../harness/topology/load-topology.ts';

const CONF = `vrrp_instance GW {
    state BACKUP
    interface in
    virtual_router_id 61
    priority 100
    advert_int 1
    virtual_ipaddress {
        198.18.1.1/24 dev in
    }
}
`;

/** Warnings, then what is refused, with the folder's name left out. */
async function load(files: Record<string, string>, binds = {}): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-keepalived-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bound = {
    r1: 'r1.conf:/etc/keepalived/keepalived.conf',
    r2: 'r2.conf:/etc/keepalived/keepalived.conf',
    ...binds,
  };
  const nodes = Object.entries(bound).map(
    ([name, bind]) => `    ${name}:
      kind: linux
      image: hadrill/router
      binds: [${[bind]
        .flat()
        .map((one) => `"${one}"`)
        .join(', ')}]
      labels: { hadrill.vr.gw: 61/198.18.1.1 }
      env: { PRIORITY: "7" }`,
  );
  const topology = `name: t\ntopology:\n  nodes:\n    fabric: { kind: linux, image: hadrill/fabric }\n${nodes.join('\n')}\n`;
  for (const [name, text] of Object.entries({
    'r1.conf': CONF,
    'r2.conf': CONF,
    ...files,
    't.clab.yml': topology,
  })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const cut = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${folder}/`, ''));
  try {
    return cut(
      (await loadKeepalived(await loadTopology(path.join(folder, 't.clab.yml')))).notes.map(formatProblem),
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return cut(['refused', ...error.problems.map(formatProblem)]);
  }
}

const changed = (from: string | RegExp, to: string) => ({ 'r2.conf': CONF.replace(from, to) });

describe('keepalived.conf before a lab', () => {
  test('a pair that fits', async () => {
    expect(await load({})).toEqual([]);
  });

  test.each([
    [
      'priority 100',
      'priority 256',
      "r2.conf:5:14: priority '256' is not a whole number from 1 to 255: keepalived takes 100",
    ],
    [
      'advert_int 1',
      'advert_int 2',
      "r2.conf:1:15: the members of 'gw' differ in advert_int: r2 has 2 s, r1 has 1 s",
    ],
    [
      'state',
      'version 3\nstate',
      "r2.conf:1:15: the members of 'gw' differ in VRRP version: r2 has 3, r1 has 2",
    ],
    [
      '198.18.1.1/24',
      '198.18.1.1/24\n198.18.1.9',
      "r2.conf:1:15: the members of 'gw' differ in virtual_ipaddress: r2 has 198.18.1.1/24, 198.18.1.9/32, r1 has 198.18.1.1/24",
    ],
    [
      'router_id 61',
      'router_id 62',
      'r2.conf:1:15: r2 has no instance with VRID 61: 198.18.1.1 is in instance GW with VRID 62; its label hadrill.vr.gw says 61/198.18.1.1',
    ],
    [
      '198.18.1.1',
      '198.18.1.2',
      'r2.conf:1:15: r2 has no instance with VRID 61 that carries 198.18.1.1 (with this VRID: GW); its label hadrill.vr.gw says 61/198.18.1.1',
    ],
    [/$/, '}', "r2.conf:11:1: '}' without its '{'"],
    [
      'state',
      'stat',
      "r2.conf:2:5: keepalived does not know 'stat' here and leaves it out (did you mean 'state'?)",
    ],
  ])('warns of %s → %s', async (from, to, message) => {
    expect(await load(changed(from, to))).toEqual([message]);
  });

  test('members with different passwords, which are not shown; of a password eight characters count', async () => {
    const secured = (password: string) =>
      CONF.replace('BACKUP', `BACKUP\n    authentication {\n auth_type PASS\n auth_pass ${password}\n }`);
    const pair = (one: string, other: string) => load({ 'r1.conf': secured(one), 'r2.conf': secured(other) });
    const [said, ...more] = await pair('S3CRET-1', 'S3CRET-2');
    expect(said).toBe(
      "r2.conf:1:15: the members of 'gw' differ in password (auth_pass): r2 has another than r1",
    );
    expect(more).toEqual([]);
    expect(await pair('S3CRET-1', 'S3CRET-1')).toEqual([]);
    expect(await pair('S3CRET-12', 'S3CRET-13')).toEqual([]);
    expect((await pair('S3CRET-1 }', '" S3CRET')).join()).not.toContain('S3CRET');
  });

  test.each([
    ['interface in', '', 'r2.conf:1:15: vrrp_instance GW has no interface: keepalived ends'],
    ['priority 100', 'priority', 'r2.conf:5:5: priority has no value: keepalived ends'],
  ])('refuses what ends keepalived: %s → %s', async (from, to, message) => {
    expect(await load(changed(from, to))).toEqual(['refused', message]);
  });

  test('a file without an instance', async () => {
    expect(await load({ 'r2.conf': '}}}\n' })).toEqual([
      'refused',
      'r2.conf: there is no vrrp_instance in it, and the label hadrill.vr.NAME says that there is one',
      ...[1, 2, 3].map((column) => `r2.conf:1:${column}: '}' without its '{'`),
    ]);
  });

  test('a bind that can not be read', async () => {
    const [head, ...more] = await load({ 'folder/x': '' }, { r2: 'folder:/etc/keepalived/keepalived.conf' });
    expect(head).toBe('refused');
    expect(more.join()).toContain('folder: is a directory, not a file');
  });

  test('a template, with places as the template has them', async () => {
    const template = CONF.replace('priority 100', `priority \${PRIORITY}`).replace('61', `\${NONE}`);
    const bind = { r2: 'r2.template:/etc/keepalived/keepalived.conf.template' };
    expect(await load({ 'r2.template': template }, bind)).toEqual([
      'refused',
      `r2.template:4:23: \${NONE} is not set: give it in the node's env`,
    ]);
  });

  test('what it includes, where it is bound; else nothing is said', async () => {
    const main = 'include conf.d/*.conf\n';
    const bind = { r2: ['r2.conf:/etc/keepalived/keepalived.conf', 'conf.d:/etc/keepalived/conf.d'] };
    const files = {
      'r2.conf': main,
      'conf.d/gw.conf': CONF.replace('BACKUP', 'SLAVE'),
      'conf.d/README': 'x',
    };
    expect(await load(files, bind)).toEqual([
      "conf.d/gw.conf:2:11: state 'SLAVE' is neither MASTER nor BACKUP: keepalived takes BACKUP",
    ]);
    expect(await load({ 'r2.conf': main })).toEqual([]);
  });
});
