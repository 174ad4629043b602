import { describe, expect, it } from 'vitest';
import { readKeepalivedConf } from '../../../../../harness/systems/vrrp/config/keepalived-conf.ts';
import type { KeepalivedFile } from '../../../../../harness/systems/vrrp/config/keepalived-lines.ts';
import { read, said } from './keepalived-read.ts';

describe('definitions and includes of keepalived.conf', () => {
  it('follows definitions, conditions and sequences', () => {
    const text = `
$VRID=71
$LATE=priority 33 \\
nopreempt

vrrp_instance A {
    interface eth1
    virtual_router_id $VRID
    @west priority 150
    @east $LATE
    @^west advert_int 3
    virtual_ipaddress {
        ~SEQ(N, 10, 12) 203.0.113.$N
        ~LST({A, B}, {7, 24}, {8, 25}) 203.0.113.\${A}/\${B}
    }
}`;
    const west = read(text, 'west').instances[0]!;
    expect(west).toMatchObject({
      virtual_router_id: 71,
      priority: 150,
      nopreempt: false,
      advert_int_ms: 1000,
    });
    expect(west.virtual_ipaddress).toEqual(
      ['10/32', '11/32', '12/32', '7/24', '8/25'].map((one_) => `203.0.113.${one_}`),
    );
    expect(read(text, 'east').instances[0]).toMatchObject({
      priority: 33,
      nopreempt: true,
      advert_int_ms: 3000,
    });
    expect(said(read(text).not_followed)).toEqual([
      'k.conf:9:5 `@west` is not followed',
      'k.conf:10:5 `@east` is not followed',
      'k.conf:11:5 `@^west` is not followed',
    ]);
  });

  it('follows an include where it gets the files, and goes on after it', () => {
    const files: Record<string, KeepalivedFile[]> = {
      'conf.d/*.conf': [
        { file: 'a.conf', text: '$P=7' },
        { file: 'b.conf', text: 'include c.conf\nglobal_defs {\nvrrp_version 3\n}' },
      ],
      'c.conf': [{ file: 'c.conf', text: 'vrrp_instance C {\npriority $P\nstate x\n}' }],
    };
    const asked: string[] = [];
    const text = 'include conf.d/*.conf # all\nvrrp_instance A {\npriority $P\n}';
    const include = (pattern: string, from: string) => {
      asked.push(`${pattern} ${from}`);
      return files[pattern];
    };
    const { instances, ignored, not_followed } = readKeepalivedConf({ text, file: 'k.conf', include });
    expect(asked.slice(0, 2)).toEqual(['conf.d/*.conf k.conf', 'c.conf b.conf']);
    expect(instances.map(({ name, priority, version }) => [name, priority, version])).toEqual([
      ['C', 7, 3],
      ['A', 7, 3],
    ]);
    expect(said(ignored)).toEqual([expect.stringContaining("c.conf:3:7 state 'x'")]);
    expect(not_followed).toEqual([]);
    expect(said(read(text).not_followed)).toContain('k.conf:1:1 `include` is not followed');
  });

  it('ends where a file includes or a definition means itself', () => {
    const include = () => [{ file: 'k.conf', text: 'include k.conf' }];
    expect(readKeepalivedConf({ text: 'include k.conf', file: 'k.conf', include }).not_followed).toHaveLength(
      1,
    );
    expect(said(read('$A=x$A\npriority $A').not_followed)).toEqual([
      "k.conf:2:1 '$A' has no end is not followed",
    ]);
    expect(said(read(`priority \${_RANDOM 1 9}`).not_followed)[0]).toContain(
      'known to the running daemon only',
    );
  });
});
