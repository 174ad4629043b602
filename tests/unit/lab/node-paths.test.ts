import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;

/** Where the agent ends up for each path under a root: what the kernel says of the place, or the error's words. */
function walked(root: string, paths: readonly string[]): string[] {
  const script = [
    'import json, os, sys',
    `sys.path.insert(0, ${JSON.stringify(agent)})`,
    'import node_paths',
    'root = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)',
    'for path in json.loads(sys.argv[2]):',
    '    try:',
    '        place = node_paths.walk(root, path)',
    '        print(os.readlink(f"/proc/self/fd/{place}"))',
    '        os.close(place)',
    '    except OSError as error:',
    '        print(error.strerror)',
    'assert len(os.listdir("/proc/self/fd")) < 8, "descriptors are left open"',
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script, root, JSON.stringify(paths)], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe.skipIf(missingPython !== undefined || process.platform !== 'linux')('paths of a node', () => {
  let around: string;
  let root: string;
  beforeAll(() => {
    around = realpathSync(mkdtempSync(path.join(tmpdir(), 'hadrill-paths-')));
    root = path.join(around, 'root');
    writeFileSync(path.join(around, 'secret'), 'of the host');
    mkdirSync(path.join(root, 'etc/sv'), { recursive: true });
    mkdirSync(path.join(root, 'run/service/x'), { recursive: true });
    writeFileSync(path.join(root, 'etc/conf'), 'of the node');
    writeFileSync(path.join(root, 'secret'), 'of the node');
    const links: [string, string][] = [
      ['etc/service', '/run/service'],
      ['etc/relative', '../run/./service'],
      ['etc/up', '../../../../../../../secret'],
      ['etc/host', path.join(around, 'secret')],
      ['etc/proc', '/proc/self/root/etc'],
      ['etc/chain', 'chained'],
      ['etc/chained', '/etc/service/x'],
      ['etc/loop', 'loop'],
      ['etc/grows', 'grows/x'],
      ['etc/top', '/'],
    ];
    for (const [name, target] of links) symlinkSync(target, path.join(root, name));
  });
  afterAll(() => rmSync(around, { recursive: true, force: true }));

  it('follows the links of the node inside its root', () => {
    const inside = ['/etc/conf', '/etc/service/x', '/etc/relative/x', '/etc/chain', '/etc/top', 'etc/conf'];
    const wanted = ['/etc/conf', '/run/service/x', '/run/service/x', '/run/service/x', '', '/etc/conf'];
    expect(walked(root, inside)).toEqual(wanted.map((place) => `${root}${place}`));
  });

  it('never leaves the root: neither upwards, nor by an absolute link, nor by one of the kernel', () => {
    const out = ['/../../secret', '/etc/up', '/etc/host', '/etc/proc/passwd', '/etc/top/../../secret'];
    expect(walked(root, out)).toEqual([
      `${root}/secret`,
      `${root}/secret`,
      'No such file or directory',
      'No such file or directory',
      `${root}/secret`,
    ]);
  });

  it('ends where links do not', () => {
    expect(walked(root, ['/etc/loop', '/etc/grows'])).toEqual(['too many links', 'too many links']);
  });

  it('does not take a file for a folder', () => {
    expect(walked(root, ['/etc/conf/x', '/nothing/x'])).toEqual([
      'Not a directory',
      'No such file or directory',
    ]);
  });
});
