/** Who speaks first after the takeover, over which protocol: the columns of the table. */
export const CELLS = ['tcp client', 'tcp server', 'udp client', 'udp server'] as const;
export type Cell = (typeof CELLS)[number];
/** Of each cell: whether its sessions live on. */
export type Fates = Record<Cell, boolean>;

/** What becomes of a session's addresses on its way: the rows. The port of the server decides (nftables.conf). */
export const KINDS = {
  routed: { port: 7110, from: 'client', to: 'server', address: '203.0.113.1' },
  strict: { port: 7111, from: 'client', to: 'server', address: '203.0.113.1' },
  snat: { port: 7120, from: 'client', to: 'server', address: '203.0.113.1' },
  random: { port: 7130, from: 'client', to: 'server', address: '203.0.113.1' },
  masquerade: { port: 7140, from: 'client', to: 'server', address: '203.0.113.1' },
  // Begins outside: the client of these sessions is the server's node.
  dnat: { port: 7150, from: 'server', to: 'client', address: '203.0.113.10' },
  floating: { port: 7160, from: 'vm', to: 'server', address: '203.0.113.1' },
} as const;
export type Kind = keyof typeof KINDS;

function fates(words: string): Fates {
  const lives = words.split(' ').map((word) => word === 'lives');
  return Object.fromEntries(CELLS.map((cell, at) => [cell, lives[at]!])) as Fates;
}

const ALL = fates('lives lives lives lives');

/**
 * With a router that knows nothing of a session. The client's packet makes it anew, and with the same addresses where
 * these do not depend on chance; the server's packet finds no way back through a translation that it would have to undo.
 * A strict firewall lets UDP begin inside.
 */
const FORGOTTEN: Record<Kind, Fates> = {
  routed: ALL,
  strict: fates('dies dies lives dies'),
  snat: fates('lives dies lives dies'),
  random: fates('dies dies dies dies'),
  masquerade: fates('lives dies lives dies'),
  dnat: fates('lives dies lives dies'),
  floating: ALL,
};

/** The same where a packet in the middle of a TCP session does not begin one (nf_conntrack_tcp_loose 0): none is translated. */
const NOT_LOOSE: Record<Kind, Fates> = {
  routed: ALL,
  strict: fates('dies dies lives dies'),
  snat: fates('dies dies lives dies'),
  random: fates('dies dies dies dies'),
  masquerade: fates('dies dies lives dies'),
  dnat: fates('dies dies lives dies'),
  floating: fates('dies dies lives lives'),
};

const KNOWN = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, ALL])) as Record<Kind, Fates>;

export interface Setting {
  description: string;
  variables: Record<string, string>;
  expected: Record<Kind, Fates>;
}

/** How sessions are synchronised: a drill each. */
export const SETTINGS: Record<string, Setting> = {
  ftfw: {
    description:
      'conntrackd in its mode FTFW, and a commit: every session survives a crash, whatever is translated',
    variables: { SYNC_MODE: 'FTFW' },
    expected: KNOWN,
  },
  notrack: {
    description:
      'conntrackd in its mode NOTRACK, and a commit: every session survives a crash, whatever is translated',
    variables: { SYNC_MODE: 'NOTRACK' },
    expected: KNOWN,
  },
  alarm: {
    description:
      'conntrackd in its mode ALARM, and a commit: every session survives a crash, whatever is translated',
    variables: { SYNC_MODE: 'ALARM', SYNC_OPTIONS: 'RefreshTime 5 CacheTimeout 180' },
    expected: KNOWN,
  },
  'no-external-cache': {
    description:
      'conntrackd puts sessions into the kernel of the backup as they come: every one survives without a commit',
    variables: { SYNC_OPTIONS: 'DisableExternalCache On', COMMIT: 'off' },
    expected: KNOWN,
  },
  'no-commit': {
    description:
      'control of conntrack/ftfw: sessions are synchronised and not committed, so that they fare as without conntrackd',
    variables: { COMMIT: 'off' },
    expected: FORGOTTEN,
  },
  none: {
    description:
      'control of conntrack/ftfw: without conntrackd it depends on the translation and on who speaks first',
    variables: { CONNTRACKD: 'off' },
    expected: FORGOTTEN,
  },
  'none-not-loose': {
    description:
      'control of conntrack/ftfw: without conntrackd, and packets in the middle of a TCP session do not begin one',
    variables: { CONNTRACKD: 'off', TCP_LOOSE: '0' },
    expected: NOT_LOOSE,
  },
};
