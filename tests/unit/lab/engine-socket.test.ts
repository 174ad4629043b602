import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;
let root = '';

/** Where the agent looks for a path in another process's root directory. */
function resolved(file: string): string | null {
  const script = [
    'import json, sys',
    `sys.path.insert(0, ${JSON.stringify(agent)})`,
    'import engine_socket',
    'print(json.dumps(engine_socket.resolve_in(sys.argv[1], sys.argv[2])))',
  ].join('\n');
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const done = spawnSync('python3', ['-S', '-c', script, root, file], { env, encoding: 'utf8' });
  expect(done.stderr).toBe('');
  return JSON.parse(done.stdout);
}

describe.skipIf(missingPython)('the engine’s socket in the root directory of the engine', () => {
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'hadrill-root-'));
    mkdirSync(path.join(root, 'run/deep'), { recursive: true });
    mkdirSync(path.join(root, 'var'));
    writeFileSync(path.join(root, 'run/docker.sock'), '');
    symlinkSync('/run', path.join(root, 'var/run'));
    symlinkSync('../docker.sock', path.join(root, 'run/deep/relative.sock'));
    symlinkSync('../../../../run/docker.sock', path.join(root, 'run/deep/above.sock'));
    symlinkSync('/run/loop', path.join(root, 'run/loop'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(['/run/docker.sock', '/var/run/docker.sock', '/run/deep/relative.sock', '/run/deep/above.sock'])(
    '%s is found, with links that begin at that root',
    (file) => {
      expect(resolved(file)).toBe(path.join(root, 'run/docker.sock'));
    },
  );

  it.each(['/run/other.sock', '/run/loop'])('%s is not there', (file) => {
    expect(resolved(file)).toBeNull();
  });
});
