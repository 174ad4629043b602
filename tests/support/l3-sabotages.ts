import type { Copy } from './copy.ts';
import { atBoot, gone, l3Environment, RETURNING, type Sabotage } from './sabotage.ts';

const KEEPALIVED = '/usr/sbin/keepalived';
const CONNTRACKD = '/usr/sbin/conntrackd';
const onR2 = '[ $node = r2 ]';
const SECOND_OWNER = /vrrp-redundancy|one-owner|owners_max|does not preempt/;
const DEAF = [
  'nft add table ip deaf',
  "nft 'add chain ip deaf in { type filter hook input priority 0; }'",
  'nft add rule ip deaf in iifname ha ip protocol 112 drop',
].join('\n');
/** Two owners from the beginning, or as soon as one hears the other no more: where they come one after the other, it
 * is the drill's own target that finds it out. */
const NEVER_ONE_OWNER: Pick<Sabotage, 'ends' | 'why'> = {
  ends: ['unknown', 'refused', 'fail'],
  why: /r1 and r2 held it|more than one of r1, r2 holds 198\.18\.1\.1|owners_max fail: 2|does not preempt/,
};
/** A drill that takes the standby's power and sees nothing of a takeover. */
const STANDBY_CRASH = [
  'description: the standby loses its power',
  'topology: l3.clab.yml',
  'probes:',
  '  udp: { kind: udp, from: client, to: server, address: 203.0.113.1 }',
  'fault: { kind: crash, target: "host:backup(router)" }',
  'expect:',
  '  - { metric: udp.outage_ms, op: "==", value: 0 }',
  '',
].join('\n');

/** The standby comes back from its crash, and then the second fault finds no such process: the trial ends in trouble. */
const TROUBLE = STANDBY_CRASH.replace(
  /fault: .*/,
  [
    'faults:',
    '  - { kind: crash, target: "host:backup(router)", heal: 2s }',
    '  - { kind: kill, target: client/nobody, after: 1s }',
  ].join('\n'),
);

type How = Sabotage['how'];

/** Found out by one trial of a shipped drill, which fails for this reason. */
function fails(how: How, why: RegExp): Sabotage {
  return { topology: 'l3', drill: 'node-crash', how, ends: ['fail'], why };
}

/** The same by a drill of its own. */
function failsIn(drill: string, text: string, how: How, why: RegExp): Sabotage {
  const write = async (copy: Copy) => {
    await copy.write(`${drill}.drill.yml`, text);
    await how(copy);
  };
  return { ...fails(write, why), drill };
}

/** The same where the standby itself is hit. */
function failsWhenHit(how: How, why: RegExp): Sabotage {
  return failsIn('standby-crash', STANDBY_CRASH, how, why);
}

/** A program may not be run on r2, which starts second, or from a node's return on. */
const neverOnR2 =
  (program: string): How =>
  async (copy) => {
    await l3Environment(copy, '', '');
    await atBoot(copy, 'l3', gone(program, onR2));
  };
const goneOnReturn =
  (program: string): How =>
  (copy) =>
    atBoot(copy, 'l3', gone(program, RETURNING));
/** Lines of a script that are run when a node has come back. */
const onReturn =
  (...lines: string[]): How =>
  (copy) =>
    atBoot(copy, 'l3', `if ${RETURNING}; then\n${lines.join('\n')}\nfi`);

/** r2 carries another address than the one that the clients use. */
async function otherAddress(copy: Copy): Promise<void> {
  await l3Environment(copy, 'VIP: 198.18.1.1', 'VIP: 198.18.1.7');
  await copy.edit('keepalived.conf.template', '        198.18.1.1/24 dev', `        \${VIP}/24 dev`);
}

/** What can be wrong with a pair of keepalived and conntrackd. */
export const L3_SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'a router that comes back without keepalived': fails(
    goneOnReturn(KEEPALIVED),
    /vrrp-redundancy: .*came back without keepalived: no node could take over 198\.18\.1\.1/,
  ),
  'the same in a trial that ends in trouble': failsIn(
    'trouble',
    TROUBLE,
    goneOnReturn(KEEPALIVED),
    /fault 2 of 2 could not be applied: .*[\s\S]*vrrp-redundancy: .*came back without keepalived/,
  ),
  'a router that comes back without conntrackd': fails(
    goneOnReturn(CONNTRACKD),
    /conntrack-sync: .*came back without conntrackd/,
  ),
  'a standby that never had conntrackd, and takes over': fails(
    neverOnR2(CONNTRACKD),
    /conntrack-sync: .*conntrackd runs on r1 and not on r2[\s\S]*tcp\.survived_ratio fail: 0/,
  ),
  'a standby that never had conntrackd, and is hit itself': failsWhenHit(
    neverOnR2(CONNTRACKD),
    /conntrack-sync: .*conntrackd runs on r1 and not on r2/,
  ),
  'a standby that never had keepalived, and should take over': fails(
    neverOnR2(KEEPALIVED),
    /vrrp-redundancy: .*no keepalived runs on r2/,
  ),
  'a standby that never had keepalived, and is hit itself': failsWhenHit(
    neverOnR2(KEEPALIVED),
    /vrrp-redundancy: .*no keepalived runs on r2/,
  ),
  'a router that comes back deaf for advertisements: a second owner, late': fails(
    onReturn(DEAF),
    SECOND_OWNER,
  ),
  'a router that comes back with another VRID: a second owner, late': fails(
    onReturn("sed -i 's/virtual_router_id .*/virtual_router_id 9/' /etc/keepalived/keepalived.conf"),
    SECOND_OWNER,
  ),
  'a router that comes back with another address': fails(
    onReturn("sed -i 's/198.18.1.1.24/198.18.1.7\\/24/' /etc/keepalived/keepalived.conf"),
    /vrrp-redundancy: .*198\.18\.1\.1/,
  ),
  'a router that comes back into the state FAULT': fails(async (copy) => {
    await atBoot(copy, 'l3', `rm -f /run/well; [ $returning ] || touch /run/well`);
    await copy.edit(
      'keepalived.conf.template',
      'vrrp_instance VR_',
      'vrrp_script well {\n    script "/usr/bin/test -e /run/well"\n    interval 1\n}\n\nvrrp_instance VR_',
    );
    await copy.edit(
      'keepalived.conf.template',
      '    notify ',
      '    track_script {\n        well\n    }\n\n    notify ',
    );
  }, /vrrp-redundancy: .*FAULT/),
  'a router that comes back with its port to the clients down': fails(
    onReturn('ip link set inside down'),
    /nodes-running: |vrrp-redundancy: /,
  ),
  'a standby with another address, which should take over': fails(otherAddress, /198\.18\.1\.1/),
  'a standby with another address, which is hit itself': failsWhenHit(
    otherAddress,
    /vrrp-redundancy: .*198\.18\.1\.1/,
  ),
  'a standby that is deaf for advertisements from the beginning': {
    topology: 'l3',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'l3', `if ${onR2}; then\n${DEAF}\nfi`),
    ...NEVER_ONE_OWNER,
  },
  'a standby with another VRID': {
    topology: 'l3',
    drill: 'node-crash',
    how: (copy) => l3Environment(copy, '', 'VRID: "2"'),
    ...NEVER_ONE_OWNER,
  },
  'a standby with another password': {
    topology: 'l3',
    drill: 'node-crash',
    how: async (copy) => {
      await copy.edit('node-crash.drill.yml', 'profile: sla', 'profile: neutron-default');
      await l3Environment(copy, 'AUTH: "one"', 'AUTH: "other"');
      await copy.edit(
        'keepalived.conf.template',
        '    notify ',
        `    authentication {\n        auth_type PASS\n        auth_pass \${AUTH}\n    }\n\n    notify `,
      );
    },
    ...NEVER_ONE_OWNER,
  },
};
