import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ownerPid, ownerState, thisOwner } from '../../../harness/lab/owner.ts';

describe.skipIf(!existsSync('/proc/self/ns/pid'))('the owner of a lab', () => {
  const own = thisOwner()!;
  const [boot, namespace, pid, start] = own.split(' ') as [string, string, string, string];

  it('is this process, which lives', () => {
    expect(ownerPid(own)).toBe(process.pid);
    expect(ownerState(own)).toBe('alive');
  });

  it('has ended when there is no such process', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const its_start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    const label = `${boot} ${namespace} ${child.pid} ${its_start}`;
    expect(ownerState(label)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ownerState(label)).toBe('ended');
  });

  it('has ended when another process has its pid by now', () => {
    expect(ownerState(`${boot} ${namespace} ${pid} ${Number(start) - 1}`)).toBe('ended');
  });

  it.each([
    ['of another boot, or machine', `0 ${namespace} ${pid} ${start}`],
    ['of another container', `${boot} pid:[1] ${pid} ${start}`],
    ['that is not written', undefined],
    ['that is written otherwise', 'somebody'],
  ])('%s cannot be known', (_what, label) => {
    expect(ownerState(label)).toBe('unknown');
  });
});
