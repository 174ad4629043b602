import { expect, test } from 'vitest';
import { isNamed } from '../../../harness/lab/process-names.ts';

const process = (name: string, ...argv: string[]) => ({
  ...{ pid: 1, ppid: 0, session: 1, start_ticks: 0, state: 'S' },
  ...{ name, argv },
});

test('a process is found by the name of its program, and by what the kernel has of it', () => {
  const keepalived = process('keepalived', '/usr/sbin/keepalived', '-D');
  expect(isNamed(keepalived, 'keepalived')).toBe(true);
  expect(isNamed(keepalived, '-D')).toBe(false);
});

test('a script that was started by itself is found by its whole name', () => {
  // The kernel keeps 15 characters.
  const agent = process('neutron-l3-agen', '/usr/bin/python3', '/usr/bin/neutron-l3-agent', '--config-file');
  for (const name of ['neutron-l3-agent', 'neutron-l3-agen', 'python3'])
    expect(isNamed(agent, name)).toBe(true);
  expect(isNamed(agent, 'neutron-l3-agents')).toBe(false);
});

test('a program that gave itself a title is found by the name in it', () => {
  const title = 'neutron-metadata-agent (/usr/bin/python3 /usr/bin/neutron-metadata-agent)';
  const agent = process('neutron-metadat', title);
  expect(isNamed(agent, 'neutron-metadata-agent')).toBe(true);
  expect(isNamed(process('neutron-server', 'neutron-server: api worker (x)'), 'neutron-server')).toBe(true);
  expect(isNamed(process('sshd', 'sshd: root@pts/0'), 'root@pts/0')).toBe(false);
});

test('what a program is given is not its name', () => {
  expect(isNamed(process('python3', 'python3', '/srv/neutron-l3-agent'), 'neutron-l3-agent')).toBe(false);
  expect(isNamed(process('tail', 'tail', '/var/log/keepalived'), 'keepalived')).toBe(false);
});
