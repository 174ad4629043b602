import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

/** Waits for its child, which shares its memory, in the kernel: vfork(2). */
const IN_VFORK = `
import ctypes
libc = ctypes.CDLL(None)
if libc.vfork() == 0:
    libc.sleep(30)
    libc._exit(0)
`;

function python(script: string): ChildProcess {
  const child = spawn('python3', ['-S', '-c', script], { env, detached: true, stdio: 'ignore' });
  // Its group: the child as well.
  onTestFinished(() => {
    process.kill(-child.pid!, 'SIGKILL');
  });
  return child;
}

/** The state of a process as the fabric sees it. */
function stateOf({ pid }: ChildProcess): string {
  const script = `import sys; sys.path.insert(0, ${JSON.stringify(agent)}); import processes; print(processes._describe(${pid})["state"])`;
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim();
}

describe.skipIf(missingPython !== undefined || process.platform !== 'linux')(
  'a process that is stopped',
  () => {
    test('by itself', async () => {
      const child = python('import time; time.sleep(30)');
      child.kill('SIGSTOP');
      await expect.poll(() => stateOf(child), { timeout: 10_000 }).toBe('T');
    }, 30_000);

    test('while it waits in the kernel for a child: stopped is what will not run on', async () => {
      const child = python(IN_VFORK);
      await expect.poll(() => stateOf(child), { timeout: 10_000 }).toBe('D');
      child.kill('SIGSTOP');
      expect(stateOf(child)).toBe('T');
      child.kill('SIGCONT');
      expect(stateOf(child)).toBe('D');
    }, 30_000);
  },
);
