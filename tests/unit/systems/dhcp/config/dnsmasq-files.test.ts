import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputProblem } from '../../../../../harness/ground/errors.ts';
import { dnsmasqConf } from '../../../../../harness/systems/dhcp/config/dnsmasq-conf.ts';
import { dnsmasqOptions } from '../../../../../harness/systems/dhcp/config/dnsmasq-files.ts';
import { dnsmasqLines, QUOTED_COMMA } from '../../../../../harness/systems/dhcp/config/dnsmasq-syntax.ts';
import { dnsmasqReply } from '../../../../../harness/systems/dhcp/findings/dnsmasq-reply.ts';

const RANGE = 'dhcp-range=198.18.1.20,198.18.1.119,120s';
const lines = (text: string) => {
  const problems: InputProblem[] = [];
  const given = dnsmasqLines(text, 'x', problems).map(({ name, value }) => [name, value]);
  return { given, problems: problems.map(({ message, position }) => `${position?.line}: ${message}`) };
};

describe('a line of dnsmasq.conf', () => {
  it.each([
    ['no-ping', 'no-ping', undefined],
    ['  dhcp-reply-delay = 2  # slow', 'dhcp-reply-delay', '2'],
    ['dhcp-option=6,198.18.0.1#5353', 'dhcp-option', '6,198.18.0.1#5353'],
    ['dhcp-option=15,"a, b # c"', 'dhcp-option', `15,a${QUOTED_COMMA} b # c`],
    ['dhcp-option=15,"say \\"hi\\"\\t!"', 'dhcp-option', '15,say "hi"\t!'],
    ['conf-file=', 'conf-file', ''],
  ])('%j', (text, name, value) => {
    expect(lines(text).given).toEqual([[name, value]]);
  });

  it('may be empty or a comment', () => {
    expect(lines('\n   \n# a\n\t# b=c\n').given).toEqual([]);
  });

  it('has quotes in pairs', () => {
    expect(lines('no-ping\ndhcp-option=15,"a')).toEqual({
      given: [['no-ping', undefined]],
      problems: ['2: this line has a " without its partner'],
    });
  });
});

describe('the files of a dnsmasq', () => {
  const read = (args: string[], files: Record<string, string>, dirs: Record<string, string[]> = {}) => {
    const { given, ...rest } = dnsmasqOptions(args, 'dhcp1', { files, dirs });
    return { names: given.map(({ name, value }) => [name, value].filter(Boolean).join('=')), ...rest };
  };

  it('begin with the default one, unless the command line names another', () => {
    const files = { '/etc/dnsmasq.conf': 'no-ping', '/x': 'no-hosts' };
    expect(read([], files).names).toEqual(['no-ping']);
    expect(read(['-C', '/x'], files).names).toEqual(['no-hosts']);
    expect(read(['-k', '--conf-file=/x', '-5'], files).names).toEqual(['no-hosts', 'no-ping']);
    expect(read(['--conf-file='], files).names).toEqual([]);
  });

  it('lead to others', () => {
    const files = {
      '/etc/dnsmasq.conf': 'conf-dir=/d,*.conf\nconf-file=/more\ndhcp-optsfile=/opts',
      '/d/b.conf': 'no-ping',
      '/d/a.conf': RANGE,
      '/more': 'dhcp-authoritative',
      '/opts': '# T1\n58,10\n',
    };
    const dirs = { '/d': ['b.conf', 'a.conf', 'c.bak', '.hidden.conf', 'x.conf~', '#y.conf#'] };
    expect(read([], files, dirs)).toEqual({
      names: [RANGE, 'no-ping', 'dhcp-authoritative', 'dhcp-option=58,10'],
      missing_files: [],
      missing_dirs: [],
      problems: [],
    });
  });

  it('are named where they are not known, and what is not followed too', () => {
    const files = { '/etc/dnsmasq.conf': 'conf-dir=/d,.bak\nconf-file=/more\nconf-script=/s' };
    expect(read([], files)).toMatchObject({ missing_files: ['/more'], missing_dirs: ['/d'] });
    expect(read([], files).problems).toEqual([
      {
        message: "'conf-script' is not followed",
        position: { file: 'dhcp1:/etc/dnsmasq.conf', line: 3, column: 1 },
      },
    ]);
    expect(read([], {}).missing_files).toEqual(['/etc/dnsmasq.conf']);
  });

  it('that lead to themselves come to an end', () => {
    expect(read([], { '/etc/dnsmasq.conf': 'conf-file=/etc/dnsmasq.conf' }).problems).toHaveLength(1);
  });
});

describe('how soon a dnsmasq serves a client', () => {
  const reply = (text: string, args: string[] = []) =>
    dnsmasqReply(args, 'dhcp2', { files: { '/etc/dnsmasq.conf': text }, dirs: {} });

  it.each([
    [`${RANGE}\nno-ping`, 1000],
    [`${RANGE}\nno-ping\ndhcp-reply-delay=0`, 1000],
    [`${RANGE}\nno-ping\ndhcp-reply-delay=1`, 4000],
    // Which clients have a tag is not known.
    [`${RANGE}\nno-ping\ndhcp-reply-delay=tag:slow,3`, 8000],
    [`${RANGE}\nno-ping\ndhcp-reply-delay=`, 1000],
    // Nothing is pinged that belongs to a host.
    ['dhcp-range=198.18.1.0,static', 1000],
  ])('%j: within %d ms', (text, exchange_ms) => {
    expect(reply(text)).toMatchObject({ known: true, exchange_ms });
  });

  it('says where that comes from', () => {
    expect(reply(`${RANGE}\nno-ping\ndhcp-reply-delay=1`)).toMatchObject({
      from: '2 x (1 + 1) s for the exchange with dhcp2 (dhcp-reply-delay, dhcp2:/etc/dnsmasq.conf:3:1)',
    });
  });

  it.each([
    [RANGE, /pings an address .* 'no-ping' is not set$/],
    [`${RANGE}\nno-ping\nconf-file=/gone`, /^'\/gone', which dnsmasq of dhcp2 reads, could not be read$/],
    [
      `${RANGE}\nno-ping\nconf-script=/s`,
      /^'conf-script' is not followed \(dhcp2:\/etc\/dnsmasq.conf:3:1\)$/,
    ],
    [`${RANGE}\nno-ping\ndhcp-reply-delay=soon`, /^dhcp-reply-delay needs whole seconds/],
  ])('%j: not known, and why', (text, reason) => {
    expect(reply(text)).toEqual({ known: false, reason: expect.stringMatching(reason) });
  });

  it('of one without an IPv4 range is nothing', () => {
    expect(reply('no-ping\ndhcp-range=2001:db8::10,2001:db8::20')).toBeUndefined();
  });

  it('is asked of any text without an error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(RANGE, '"', 'dhcp-reply-delay=', '\n'))),
        (all) => {
          reply(all.join('\n'));
          dnsmasqConf(dnsmasqLines(all.join('\n'), 'x', []), []);
        },
      ),
      { numRuns: 300 },
    );
  });
});
