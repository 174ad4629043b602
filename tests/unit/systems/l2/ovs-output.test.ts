/** What Open vSwitch 3.5.0 (Debian trixie) said in a node of the image hadrill/switch, asked by OVS_SCRIPT. */
import { expect, test } from 'vitest';
import { parseOvs } from '../../../../harness/systems/l2/findings/ovs-output.ts';

const DATABASE = `{"data":[["br-phys","netdev","secure"],["br-int","netdev","secure"]],"headings":["name","datapath_type","fail_mode"]}
{"data":[["br-phys",["set",[]],["map",[]]],["p2",2,["map",[["plugged","1795923503570811700"],["vlan","20"]]]],["p3",1,["map",[["plugged","1795923503587550367"],["vlan","10"]]]]],"headings":["name","tag","external_ids"]}
{"data":[["p2","",3],["p3","",-1],["br-phys","internal",65534]],"headings":["name","type","ofport"]}
{"data":[["unix:/var/run/openvswitch/controller.sock",false]],"headings":["target","is_connected"]}
`;
const FLOWS = `bridge br-int
 cookie=0x4685e60dc3edb6a9, priority=3,in_port="int-br-phys",dl_vlan=10 actions=mod_vlan_vid:1,resubmit(,60)
 cookie=0x2b, table=23, priority=0 actions=drop
bridge br-phys
 priority=0 actions=NORMAL
`;

test('a switch that answers', () => {
  expect(parseOvs(DATABASE + FLOWS)).toEqual({
    database: {
      bridges: [
        { name: 'br-phys', datapath: 'netdev', fail_mode: 'secure' },
        { name: 'br-int', datapath: 'netdev', fail_mode: 'secure' },
      ],
      ports: [
        { name: 'br-phys', tag: null, vlan: null, ofport: 65534 },
        { name: 'p2', tag: 2, vlan: 20, ofport: 3 },
        { name: 'p3', tag: 1, vlan: 10, ofport: -1 },
      ],
      controllers: [{ target: 'unix:/var/run/openvswitch/controller.sock', connected: false }],
    },
    flows: [
      {
        bridge: 'br-int',
        cookies: ['0x4685e60dc3edb6a9', '0x2b'],
        flows: [
          'priority=3,in_port="int-br-phys",dl_vlan=10 actions=mod_vlan_vid:1,resubmit(,60)',
          'table=23, priority=0 actions=drop',
        ],
      },
      { bridge: 'br-phys', cookies: ['0x0'], flows: ['priority=0 actions=NORMAL'] },
    ],
  });
});

test('a dead ovs-vswitchd: the database answers, no bridge does', () => {
  const refused = 'ovs-ofctl: /var/run/openvswitch/br-int.mgmt: failed to open socket (Connection refused)';
  const { database, flows } = parseOvs(`${DATABASE}bridge br-int\n${refused}\nno answer\n`);
  expect(database?.ports).toHaveLength(3);
  expect(flows).toEqual([{ bridge: 'br-int', cookies: [], flows: [], trouble: refused }]);
});

test('a dead database, and a switch that was never started', () => {
  expect(parseOvs(`bridge br-int\n cookie=0x2b, priority=0 actions=drop\n`)).toMatchObject({
    database: null,
    flows: [{ bridge: 'br-int', flows: ['priority=0 actions=drop'] }],
  });
  expect(parseOvs('bridge *\novs-ofctl: no bridge\nno answer\n')).toEqual({ database: null, flows: [] });
});

test("a controller's flows are so many that they are only counted", () => {
  expect(
    parseOvs(`${DATABASE}bridge br-int\ncounted 12034\nbridge br-phys\n priority=0 actions=NORMAL\n`),
  ).toMatchObject({
    database: { bridges: [{}, {}] },
    flows: [
      { bridge: 'br-int', flows: [], counted: 12034 },
      { bridge: 'br-phys', flows: ['priority=0 actions=NORMAL'] },
    ],
  });
});

test('a table that was cut is no answer', () => {
  expect(parseOvs(DATABASE.slice(0, 300)).database).toBeNull();
});
