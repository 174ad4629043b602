import { describe, expect, it } from 'vitest';
import { keepalivedOptions } from '../../../../../harness/systems/vrrp/config/keepalived-argv.ts';

const read = (line: string) =>
  keepalivedOptions(['/usr/sbin/keepalived', ...line.split(' ').filter(Boolean)]);

describe('keepalivedOptions', () => {
  it.each([
    ['', '/etc/keepalived/keepalived.conf', undefined],
    ['--dont-fork --log-console --log-detail --no-syslog', '/etc/keepalived/keepalived.conf', undefined],
    ['-nlDG -f lb/main.conf --config-id west', 'lb/main.conf', 'west'],
    ['-nlf/a.conf -i=x', '/a.conf', '=x'],
    ['--use-file=/a.conf --config-id=x', '/a.conf', 'x'],
    ['--use-f /a.conf --config-i x', '/a.conf', 'x'],
    ['-f /a.conf -f /b.conf', '/b.conf', undefined],
    // A log file and a pid file are none.
    ['-g/tmp/f.log -p /run/f.pid -t', '/etc/keepalived/keepalived.conf', undefined],
    ['-- -f /a.conf', '/etc/keepalived/keepalived.conf', undefined],
    ['-f', '', undefined],
  ])('%s', (line, file, config_id) => {
    expect(read(line)).toEqual({ file, config_id });
  });

  it('takes nothing for the defaults', () => {
    expect(keepalivedOptions([])).toEqual({ file: '/etc/keepalived/keepalived.conf', config_id: undefined });
  });
});
