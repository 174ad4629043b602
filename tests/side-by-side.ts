const INTEGRATION = [
  ...[
    'address-gaps',
    'bad-clusters',
    'bad-commands',
    'bad-files',
    'bad-networks',
    'conntrack-gaps',
    'cluster-faults',
    'dhcp-agents',
    'dhcp-port',
  ],
  ...[
    'exec',
    'foreign-input',
    'gc',
    'images',
    'interrupt',
    'keepalived',
    'lab',
    'metadata',
    'neutron',
    'node-settings',
  ],
  'report',
];
const CHAOS = ['dhcp', 'dhcp-plain', 'metadata', 'wrong-pass'];

/**
 * Files of tests that judge no time shorter than a second: two of them run at once. Every other file that starts labs
 * runs alone, and so does a new one until it is named here.
 */
export const SIDE_BY_SIDE: readonly string[] = [
  ...INTEGRATION.map((name) => `tests/integration/${name}.test.ts`),
  ...CHAOS.map((name) => `tests/chaos/${name}.test.ts`),
];
