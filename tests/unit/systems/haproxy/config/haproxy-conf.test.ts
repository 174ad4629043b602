import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import { parseHaproxyConf } from '../../../../../harness/systems/haproxy/config/haproxy-conf.ts';
import { serverDropBound } from '../../../../../harness/systems/haproxy/findings/haproxy-bounds.ts';

const parse = (text: string) => parseHaproxyConf(text, 'haproxy.cfg');
const server = (parameters: string, above = '') =>
  parse(`${above}\nbackend b\n server s1 203.0.113.5:80 ${parameters}`)[0]!;

function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const FULL = `global
    log stdout format raw local0   # comment
    spread-checks 5
defaults
    mode tcp
    timeout connect 5s
    timeout check 3s
    default-server check inter 1s fall 4
frontend in
    bind :80
    default_backend web
backend web
    option httpchk GET /health
    server before 203.0.113.4:80
    default-server fastinter 200ms
    server s1 203.0.113.5:80 check inter 2000 rise 2 fall 5 downinter 10s weight 3
    server s2 203.0.113.6:80 no-check
defaults tcp-only
    timeout connect 100
listen other from tcp-only
    server s3 203.0.113.7:80 cookie check check observe layer4
    timeout check 4s
backend plain
    server "s 4" 203.0.113.8:80 check
`;

describe('parseHaproxyConf', () => {
  it('reads a whole file', () => {
    const read = Object.fromEntries(parse(FULL).map((one) => [one.name, one]));
    expect(Object.keys(read)).toEqual(['before', 's1', 's2', 's3', 's 4']);
    expect(read.s1).toEqual({
      backend: 'web',
      name: 's1',
      address: '203.0.113.5',
      port: 80,
      check: true,
      inter_ms: 2000,
      fastinter_ms: 200,
      downinter_ms: 10_000,
      rise: 2,
      fall: 5,
      observe: false,
      backup: false,
      disabled: false,
      weight: 3,
      track: undefined,
      check_port: undefined,
      timeout_check_ms: 3000,
      timeout_connect_ms: 5000,
      spread_percent: 5,
    });
    expect(read.before).toMatchObject({ check: true, inter_ms: 1000, fastinter_ms: 1000, fall: 4 });
    expect(read.s2).toMatchObject({ check: false });
    expect(read.s3).toMatchObject({
      backend: 'other',
      check: true,
      observe: true,
      inter_ms: 2000,
      fall: 3,
      timeout_check_ms: 4000,
      timeout_connect_ms: 100,
    });
    expect(read['s 4']).toMatchObject({ timeout_check_ms: undefined, timeout_connect_ms: 100 });
  });

  it('does not take the value of another parameter for its own', () => {
    expect(server('cookie inter check')).toMatchObject({ check: true, inter_ms: 2000 });
    expect(server('cookie check')).toMatchObject({ check: false });
  });

  it('does not let a backend change what it started from', () => {
    const text = 'defaults\nbackend a\ndefault-server inter 1s\nbackend b\nserver s 203.0.113.5:80 check';
    expect(parse(text)[0]?.inter_ms).toBe(2000);
  });

  it('starts a named defaults from another one', () => {
    const text = 'defaults a\ntimeout check 1s\ndefaults b from a\nbackend x\nserver s 203.0.113.5:80';
    expect(parse(text)[0]?.timeout_check_ms).toBe(1000);
    expect(parse(text.replace(' from a', ''))[0]?.timeout_check_ms).toBeUndefined();
  });

  it.each([
    ['1500', 1500],
    ['1500us', 2],
    ['2s', 2000],
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1us', 1],
  ])('reads the time %s', (text, ms) => {
    expect(server(`inter ${text}`).inter_ms).toBe(ms);
  });

  it('takes quotes and escapes off; a backslash at the end of a line joins nothing', () => {
    expect(server('check in\'ter\' "1"s')).toMatchObject({ check: true, inter_ms: 1000 });
    expect(server('\\\n check inter 1s')).toMatchObject({ check: false, inter_ms: 2000 });
    expect(parse('backend b\nserver a\\ b 203.0.113.5:80 # check')[0]).toMatchObject({
      name: 'a b',
      check: false,
    });
  });

  it('reads server-template as the servers that it makes', () => {
    const names = (range: string) =>
      parse(`backend b\nserver-template web ${range} example.com:80 check`).map(({ name }) => name);
    expect([names('2'), names('5-6'), names('1')]).toEqual([['web1', 'web2'], ['web5', 'web6'], ['web1']]);
    expect(parse('backend b\nserver-template web 1-3 example.com:80 check')[2]).toMatchObject({
      name: 'web3',
      address: 'example.com',
      port: 80,
      check: true,
    });
    expect(problems('backend b\nserver-template web 1-99999999 example.com:80')).toEqual([
      expect.stringContaining("haproxy.cfg:2:21: '1-99999999' is not followed"),
    ]);
  });

  // What "show servers state" of HAProxy 3.0 said.
  it.each<[string, string | undefined, number | undefined]>([
    ['198.18.1.3', '198.18.1.3', undefined],
    ['ipv4@198.18.1.4:443', '198.18.1.4', 443],
    ['[2001:db8::1]:80', '2001:db8::1', 80],
    ['2001:db8::2:81', '2001:db8::2', 81],
    [':85', undefined, 85],
    ['198.18.1.6:"90"', '198.18.1.6', 90],
    ['unix@/run/web.sock', undefined, undefined],
    ['/run/web.sock', undefined, undefined],
  ])('reads the address %s', (text, address, port) => {
    expect(parse(`backend b\nserver s ${text}`)[0]).toMatchObject({ address, port });
  });

  it('reads when a server gets requests', () => {
    expect(server('backup disabled weight 0 check port 99')).toMatchObject({
      backup: true,
      disabled: true,
      weight: 0,
      check_port: 99,
    });
    const above = 'defaults\ndefault-server backup disabled weight 7';
    expect(server('no-backup enabled', above)).toMatchObject({ backup: false, disabled: false, weight: 7 });
    const tracking = server('track other/s9');
    expect(tracking).toMatchObject({ track: 'other/s9', check: false });
    expect(() => serverDropBound(tracking, 'refused')).toThrow(/b\/s1 goes up and down with 'other\/s9'/);
  });

  it('takes the first unit of a time, as HAProxy does', () => {
    expect(server('check inter 1m30s fastinter 2s5 downinter 3msx')).toMatchObject({
      inter_ms: 60_000,
      fastinter_ms: 2000,
      downinter_ms: 3,
    });
  });

  it('needs no condition that says nothing about servers', () => {
    const condition = '.if feature(QUIC)\nbind quic4@:443\n.endif\n';
    expect(parse(`frontend f\n${condition}backend b\nserver s 203.0.113.5:80`)).toHaveLength(1);
  });

  it.each([
    [
      'backend b\nserver s x inter soon',
      "haproxy.cfg:2:18: inter must be a time from 1 ms to 24 days, like 500, 2s or 1m, not 'soon'",
    ],
    ['backend b\nserver s x inter 0', 'haproxy.cfg:2:18: inter must be a time'],
    ['backend b\nserver s x fall 0', 'haproxy.cfg:2:17: fall must be a whole number from 1'],
    ['backend b\nserver s x rise', 'haproxy.cfg:2:12: rise needs a value'],
    ['backend b\nserver s', 'haproxy.cfg:2:1: server needs a name and an address'],
    ['backend b\nserver s x inter "$INTER"', "haproxy.cfg:2:18: '$INTER' is not followed"],
    ['backend b from nowhere', "haproxy.cfg:1:11: there is no defaults section 'nowhere' above"],
    ['global\nspread-checks 60', 'haproxy.cfg:2:15: spread-checks must be a whole number from 0 to 50'],
    [
      'backend b\n.if defined(X)\nserver s x\n.endif',
      "haproxy.cfg:2:1: '.if' is not followed: write the lines that count",
    ],
    [
      'backend b\n.if defined(X)\n.if 1\n.endif\n.else\ndefault-server inter 1s\n.endif',
      "haproxy.cfg:2:1: '.if' is not followed",
    ],
    ['backend "b', 'haproxy.cfg:1: a string that starts with " must end on the same line'],
    [
      'backend b\ndefault-server name fast inter 1s',
      'haproxy.cfg:2:16: named default-servers are not followed',
    ],
  ])('refuses %j', (text, message) => {
    expect(problems(text)[0]).toContain(message);
  });

  it('throws nothing but InputError, whatever the text', { timeout: 30_000 }, () => {
    const pieces = fc.constantFrom(
      ...[
        'defaults',
        'backend',
        'server',
        'default-server',
        'check',
        'inter',
        'fall',
        'from',
        'timeout',
        'global',
      ],
      ...[
        'spread-checks',
        '5',
        '"',
        "'",
        '\\',
        '$',
        '#',
        '\n',
        'server-template',
        'cookie',
        'observe',
        '.if',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join(' ')),
      fc.nat(FULL.length).map((at) => FULL.slice(0, at)),
    );
    fc.assert(
      fc.property(text, (one) => void problems(one)),
      { numRuns: 500, endOnFailure: true },
    );
  });
});
