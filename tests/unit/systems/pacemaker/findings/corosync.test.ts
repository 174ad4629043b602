import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import { parseCorosyncConf } from '../../../../../harness/systems/pacemaker/config/corosync-conf.ts';
import {
  consensusMs,
  holdMs,
  nodeLossBound,
  realTokenMs,
} from '../../../../../harness/systems/pacemaker/findings/corosync-bounds.ts';

const parse = (text: string) => parseCorosyncConf(text, 'corosync.conf');
const nodelist = (count: number) => `nodelist {\n${'node {\n ring0_addr: 203.0.113.1\n}\n'.repeat(count)}}\n`;

function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const FULL = `# a pair
totem {
    version: 2
    cluster_name: lb
    transport: knet
    token: 1000
\tconsensus : 1300
    interface {
        linknumber: 0
        mcastaddr: ff3e::1
    }
}

quorum {
    provider: corosync_votequorum
    two_node: 1
}
nodelist {
    node {
        ring0_addr: 203.0.113.1
        nodeid: 1
    }
    node {
        ring0_addr: 2001:db8::2
        nodeid: 2
    }
}
`;

describe('parseCorosyncConf', () => {
  it('reads a whole file', () => {
    expect(parse(FULL)).toEqual({
      nodes: 2,
      token_ms: 1000,
      token_coefficient_ms: 650,
      token_retransmits_before_loss_const: 4,
      token_retransmit_ms: undefined,
      hold_ms: undefined,
      consensus_ms: 1300,
      two_node: true,
      wait_for_all: true,
    });
  });

  it('knows the defaults', () => {
    expect(parse('')).toMatchObject({ nodes: 0, token_ms: 3000, consensus_ms: undefined, two_node: false });
  });

  it('lets two_node bring wait_for_all, unless it says otherwise', () => {
    const quorum = (more: string) => `quorum {\n two_node: 1\n${more}}\n`;
    expect(parse(quorum(''))).toMatchObject({ two_node: true, wait_for_all: true });
    expect(parse(quorum('wait_for_all: 0\n'))).toMatchObject({ two_node: true, wait_for_all: false });
    expect(parse(quorum('') + nodelist(3))).toMatchObject({ two_node: true, wait_for_all: true });
    expect(parse('quorum {\nwait_for_all: 1\n}').wait_for_all).toBe(true);
  });

  it('lets the last of two count, and reads CRLF', () => {
    expect(parse('totem {\r\ntoken: 1000\r\ntoken: 2000\r\n}\r\n').token_ms).toBe(2000);
    expect(parse('totem {\ntoken: 1000\n}\ntotem {\ntoken: 2000\n}').token_ms).toBe(2000);
  });

  it('takes keys of other sections for what they are', () => {
    expect(parse('logging {\ntoken: 5\n}\ntotem {\ninterface {\ntoken: 7\n}\n}').token_ms).toBe(3000);
  });

  it.each([
    ['totem { token: 1000 }', "corosync.conf:1: one statement a line: nothing may follow '{'"],
    ['totem {\n', "corosync.conf:1: section 'totem' is never closed"],
    ['}\n', "corosync.conf:1: '}' without its '{'"],
    ['totem {\nx }\n}', "corosync.conf:2: a '}' stands on a line of its own"],
    ['{\n}', "corosync.conf:1: a name must stand before the '{'"],
    ['totem\n{\n}', "corosync.conf:1: 'totem' is neither"],
    [': 5', "corosync.conf:1: a name must stand before the ':'"],
    [
      'totem {\ntoken: soon\n}',
      "corosync.conf:2: token must be a whole number from 30 to 4294967295, not 'soon'",
    ],
    ['totem {\nconsensus: 7\n}', 'corosync.conf:2: consensus must be a whole number from 30'],
  ])('refuses %j', (text, message) => {
    expect(problems(text)[0]).toContain(message);
  });

  it('throws nothing but InputError, whatever the text', { timeout: 30_000 }, () => {
    const pieces = fc.constantFrom('totem', 'token', ':', '{', '}', '\n', '\r', '#', ' ', '1000', 'nodelist');
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join('')),
      fc.nat(FULL.length).map((at) => FULL.slice(0, at)),
    );
    fc.assert(
      fc.property(text, (one) => void problems(one)),
      { numRuns: 500, endOnFailure: true },
    );
  });
});

describe('nodeLossBound', () => {
  it('is token + consensus, less the time that a quiet token rests', () => {
    const conf = parse(nodelist(2));
    // token_retransmit 3000 / 4.2 = 714; hold 714 x 0.8 - 10 = 561.
    expect([realTokenMs(conf), consensusMs(conf), holdMs(conf)]).toEqual([3000, 3600, 561]);
    expect(nodeLossBound(conf)).toEqual({
      low: 6039,
      high: 6650,
      from: 'corosync: token 3 s + consensus 3.6 s, - up to 0.561 s (the token may be at rest), + up to 0.05 s (new ring)',
    });
  });

  it('has the manual page’s own figures for a token of 1 s: retransmit 238, hold 180', () => {
    const conf = parse('totem {\n token: 1000\n}');
    expect(holdMs(conf)).toBe(180);
    expect(nodeLossBound(conf)).toMatchObject({ low: 2020, high: 2250 });
  });

  it('adds a coefficient for each node beyond two of the nodelist', () => {
    const conf = parse(`totem {\n token: 1000\n token_coefficient: 100\n}\n${nodelist(5)}`);
    expect(realTokenMs(conf)).toBe(1300);
    expect(consensusMs(conf)).toBe(1560);
    expect(realTokenMs(parse(nodelist(3)))).toBe(3650);
  });

  it('takes hold and token_retransmit as written', () => {
    expect(holdMs(parse('totem {\n hold: 100\n}'))).toBe(100);
    expect(holdMs(parse('totem {\n token_retransmit: 500\n}'))).toBe(390);
    expect(holdMs(parse('totem {\n token_retransmits_before_loss_const: 10\n}'))).toBe(225);
    expect(nodeLossBound(parse('totem {\n token: 1000\n hold: 9000\n}')).low).toBe(1200);
  });
});

// Seen with corosync-cmapctl in a running corosync 3.1.9: runtime.config.totem.token, consensus and hold.
it.each<[options: string, nodes: number, token: number, consensus: number, hold: number]>([
  ['', 2, 3000, 3600, 561],
  ['', 3, 3650, 4380, 685],
  ['', 8, 6900, 8280, 1303],
  ['token: 2000\ntoken: 4000', 2, 4000, 4800, 751],
  ['token: +1000', 2, 1000, 1200, 180],
  ['\ttoken\t:\t1000\t', 2, 1000, 1200, 180],
  ['consensus: 100000', 2, 3000, 100_000, 561],
  ['token_coefficient: 0', 3, 3000, 3600, 561],
  ['hold: 14', 2, 3000, 3600, 14],
])('has in force what corosync has: %j with %i nodes', (options, nodes, token, consensus, hold) => {
  const conf = parse(`totem {\n${options}\n}\n${nodelist(nodes)}`);
  expect([realTokenMs(conf), consensusMs(conf), holdMs(conf)]).toEqual([token, consensus, hold]);
});

it.each(['token', 'consensus', 'hold', 'token_retransmit', 'token_retransmits_before_loss_const'])(
  'takes %s: 0 as left out, as corosync does',
  (key) => {
    expect(parse(`totem {\n${key}: 0\n}`)).toEqual(parse(''));
  },
);

// Seen with corosync-cmapctl: runtime.votequorum.two_node and wait_for_all_status.
it.each<[string, boolean, boolean]>([
  ['two_node: 1', true, true],
  ['two_node: 1\nauto_tie_breaker: 1', false, true],
  ['two_node: 1\nwait_for_all: 0', true, false],
  ['auto_tie_breaker: 1', false, false],
])('has the quorum that corosync has: %j', (options, two_node, wait_for_all) => {
  expect(parse(`quorum {\n${options}\n}\n${nodelist(2)}`)).toMatchObject({ two_node, wait_for_all });
});
