import { expect, test } from 'vitest';
import { parseConnectionEntries } from '../../../../../harness/systems/vrrp/findings/connection-entries.ts';

const ORIGINAL = 'src=198.18.1.10 dst=203.0.113.1 sport=48022 dport=9000';
const REPLY = 'src=203.0.113.1 dst=203.0.113.10 sport=9000 dport=43341';
const KEY = 'tcp 198.18.1.10:48022 > 203.0.113.1:9000';
const HOSTS = 'tcp 198.18.1.10 > 203.0.113.1';

// conntrackd 1.4.8 and conntrack 1.4.8, of one session.
test.each([
  [
    'the kernel',
    `tcp      6 431999 ESTABLISHED ${ORIGINAL} ${REPLY} [ASSURED] mark=0 use=1`,
    { reply: '203.0.113.1:9000 > 203.0.113.10:43341', age_s: undefined },
  ],
  [
    'an internal cache',
    `tcp      6 ESTABLISHED ${ORIGINAL} ${REPLY} [ASSURED] [active since 5s]`,
    { reply: '203.0.113.1:9000 > 203.0.113.10:43341', age_s: 5 },
  ],
  [
    'an external cache, which has no translation',
    `tcp      6 ESTABLISHED ${ORIGINAL} [ASSURED] [active since 4s]`,
    { reply: undefined, age_s: 4 },
  ],
])('an entry of %s', (_, line, own) => {
  const entry = { key: KEY, hosts: HOSTS, state: 'ESTABLISHED', assured: true, ...own };
  expect(parseConnectionEntries(`${line}\n`)).toEqual([entry]);
});

test('a connection that was not answered, and an echo', () => {
  const text = [
    'udp      17 29 src=198.18.1.10 dst=203.0.113.1 sport=5 dport=7 [UNREPLIED] src=203.0.113.1 dst=198.18.1.10 sport=7 dport=5 mark=0 use=1',
    'icmp     1 29 src=198.18.1.10 dst=203.0.113.1 type=8 code=0 id=12 src=203.0.113.1 dst=198.18.1.10 type=0 code=0 id=12 mark=0 use=1',
  ].join('\n');
  expect(parseConnectionEntries(text)).toMatchObject([
    { key: 'udp 198.18.1.10:5 > 203.0.113.1:7', state: undefined, assured: false },
    {
      key: 'icmp 198.18.1.10 > 203.0.113.1 type 8 code 0 id 12',
      reply: '203.0.113.1 > 198.18.1.10 type 0 code 0 id 12',
    },
  ]);
});

test('what is not a connection is left out', () => {
  expect(
    parseConnectionEntries('\nconntrack v1.4.8 (conntrack-tools): 2 flow entries have been shown.\n'),
  ).toEqual([]);
});
