import { describe, expect, test } from 'vitest';
import { changed, expectNote, expectProblem, FILES, notesOf, problemsOf } from './cluster-files.ts';

const problem = (from: string, to: string, says: string | RegExp, files = FILES) =>
  expectProblem('corosync.conf', from, to, says, files);

/** The same cluster with more members, each with a node of the nodelist. */
function ofNodes(count: number, two_node: string) {
  let files = changed('corosync.conf', 'two_node: 1', two_node);
  for (let id = 3; id <= count; id += 1) {
    const node = `  node {\n    name: lb${id}\n    nodeid: ${id}\n    ring0_addr: 169.254.192.${id}\n  }\n`;
    files = changed('corosync.conf', 'nodelist {\n', `nodelist {\n${node}`, files);
    files = changed(
      't.clab.yml',
      '    client: {}\n',
      `    lb${id}: {group: balancers}\n    client: {}\n`,
      files,
    );
    const wires = `    - {endpoints: ["lb${id}:front", "front|fabric:lb${id}"], ipv4: [198.18.1.2${id}/24]}
    - {endpoints: ["lb${id}:ring", "ring|fabric:r${id}"], ipv4: [169.254.192.${id}/18]}\n`;
    files = { ...files, 't.clab.yml': files['t.clab.yml'] + wires };
  }
  return files;
}

describe('what corosync -t takes and corosync does not start with', () => {
  test('a token that is too short for knet', () =>
    expectNote(
      'corosync.conf',
      'token: 1000',
      '▶token: 300',
      "corosync does not start with a token of 300 ms: knet's pong timeout is half of it",
    ));

  test.each(['transport: udpu', 'interface {\n linknumber: 0\n knet_ping_timeout: 1000\n }'])(
    'the same with %j: no word',
    async (line) => {
      expect(await notesOf(changed('corosync.conf', 'token: 1000', `token: 300\n${line}`))).toEqual([]);
    },
  );

  test('a tie breaker and the last man of an odd number', () =>
    expectNote(
      'corosync.conf',
      'two_node: 0',
      'auto_tie_breaker: 1\n  ▶last_man_standing: 1',
      'corosync does not start with auto_tie_breaker and last_man_standing where the number of votes is odd, here 3',
      ofNodes(3, 'two_node: 0'),
    ));

  test('a tie breaker turns two_node off', () =>
    expectNote(
      'corosync.conf',
      'two_node: 1',
      '▶two_node: 1\n  auto_tie_breaker: 1',
      'auto_tie_breaker turns two_node off',
    ));
});

describe('quorum', () => {
  test.each(['▶two_node: 0', 'expected_votes: 2'])('two nodes with %s', (line) =>
    expectNote(
      'corosync.conf',
      line.startsWith('▶') ? 'two_node: 1' : 'quorum {\n  provider: corosync_votequorum\n  two_node: 1',
      line.startsWith('▶') ? line : `▶quorum {\n  provider: corosync_votequorum\n  ${line}`,
      "of two nodes the survivor loses quorum and stops everything: 'two_node: 1' in quorum",
    ),
  );

  test.each(['auto_tie_breaker: 1', 'device {\n    model: net\n  }'])('two nodes with %j', async (line) => {
    expect(await notesOf(changed('corosync.conf', 'two_node: 1', line))).toEqual([]);
  });

  test('two nodes that go on without quorum', async () => {
    const files = changed(
      'cib.xml.template',
      'name="stonith-enabled" value="false"/>',
      'name="stonith-enabled" value="false"/><nvpair id="nq" name="no-quorum-policy" value="ignore"/>',
    );
    expect(await notesOf(changed('corosync.conf', 'two_node: 1', 'two_node: 0', files))).toEqual([]);
  });

  test.each([3, 4])('%i nodes need no tie breaker, and no two_node', async (count) => {
    expect(await notesOf(ofNodes(count, 'two_node: 0'))).toEqual([]);
    await expectNote(
      'corosync.conf',
      'two_node: 1',
      '▶two_node: 1',
      `'two_node: 1' is for two nodes, the nodelist has ${count}`,
      ofNodes(count, 'two_node: 1'),
    );
  });

  test('no provider', () =>
    problem(
      'quorum {\n  provider: corosync_votequorum',
      '▶quorum {',
      "quorum needs 'provider: corosync_votequorum': Pacemaker does not start without",
    ));
});

describe('nodelist', () => {
  test('a node that is not a member', async () => {
    const found = await problemsOf(changed('corosync.conf', 'name: lb2', 'name: lb3'));
    expect(found).toEqual([
      "corosync.conf:11:1 member 'lb2' of the cluster is not in the nodelist: give it a node section",
      "corosync.conf:18:5 'lb3' in the nodelist is not a member of the cluster (did you mean 'lb1'?); its members are lb1, lb2",
    ]);
  });

  test('a member that is not in it', () =>
    problem('nodelist {', '▶nodelist {', "member 'lb3' of the cluster is not in the nodelist", {
      ...ofNodes(3, 'two_node: 1'),
      'corosync.conf': FILES['corosync.conf']!,
    }));

  test('a member twice', async () => {
    const found = await problemsOf(
      changed('corosync.conf', 'name: lb2', 'name: lb1', changed('corosync.conf', '192.2', '192.1')),
    );
    expect(found).toContain("corosync.conf:18:5 'lb1' is in the nodelist twice");
  });

  test('without names it goes by addresses', async () => {
    const files = changed('corosync.conf', '    name: lb1\n', '');
    expect(await problemsOf(files)).toEqual([]);
    expect(await problemsOf(changed('corosync.conf', '192.1', '192.9', files))).toEqual([
      "corosync.conf:11:1 member 'lb1' of the cluster is not in the nodelist: give it a node section",
      "corosync.conf:12:3 '169.254.192.9' in the nodelist is not a member of the cluster; its members are lb1, lb2",
    ]);
  });

  test.each(['169.254.192.1', '169.254.192.9', 'lb1'])('not an address of the node: %s', (address) =>
    problem(
      'ring0_addr: 169.254.192.2',
      `▶ring0_addr: ${address}`,
      `ring0_addr ${address} is not an address of 'lb2': it has 198.18.1.12 (front), 169.254.192.2 (ring)`,
    ),
  );

  test('an address that an image of its own may give it', () =>
    expectNote(
      'corosync.conf',
      'ring0_addr: 169.254.192.2',
      '▶ring0_addr: 169.254.192.9',
      "ring0_addr 169.254.192.9 is not an address of 'lb2'",
      changed('t.clab.yml', 'image: hadrill/cluster', 'image: mine'),
    ));

  describe('host names', () => {
    const named = (files = FILES) => {
      const first = changed('corosync.conf', 'ring0_addr: 169.254.192.1', 'ring0_addr: lb1', files);
      return changed('corosync.conf', 'ring0_addr: 169.254.192.2', 'ring0_addr: lb2', first);
    };

    test('of members are those that the lab gives them', async () => {
      expect(await notesOf(named())).toEqual([]);
      const nameless = changed('corosync.conf', '    name: lb1\n', '', named());
      expect(await notesOf(nameless)).toEqual([]);
      const udpu = changed('corosync.conf', 'transport: knet', 'transport: udpu', nameless);
      expect(await notesOf(changed('corosync.conf', '    nodeid: 1\n', '', udpu))).toEqual([]);
    });

    test('of a hosts file that is bound', async () => {
      const bind = '        - haproxy.cfg:/etc/haproxy/haproxy.cfg:ro\n';
      const hosts = '127.0.0.1 localhost\n169.254.192.1\tring-1.example ring-1 # one\n169.254.192.2 RING-2\n';
      const bound = { ...changed('t.clab.yml', bind, `${bind}        - hosts:/etc/hosts:ro\n`), hosts };
      const one = changed('corosync.conf', 'ring0_addr: 169.254.192.1', 'ring0_addr: ring-1', bound);
      const both = changed('corosync.conf', 'ring0_addr: 169.254.192.2', 'ring0_addr: ring-2', one);
      expect(await notesOf(changed('corosync.conf', '    name: lb2\n', '', both))).toEqual([]);
      const wrong = changed('corosync.conf', 'ring0_addr: ring-2', 'ring0_addr: ring-1', both);
      expect(await problemsOf(wrong)).toEqual([
        expect.stringContaining("ring0_addr ring-1 is not an address of 'lb2'"),
      ]);
    });

    test('that nothing is known of are left to the nodes', () =>
      expectNote(
        'corosync.conf',
        'ring0_addr: 169.254.192.2',
        '▶ring0_addr: two.example',
        "ring0_addr two.example is a host name: whether it resolves to 'lb2' is looked up in the nodes",
      ));
  });

  test('an address that only ADDRESSES gives', async () => {
    const files = changed('t.clab.yml', 'MORE: ""', 'MORE: ""\n        ADDRESSES: front=198.18.1.77/24');
    expect(await problemsOf(changed('corosync.conf', '169.254.192.2', '198.18.1.77', files))).toEqual([]);
  });

  test('a second ring', () =>
    problem(
      'ring0_addr: 169.254.192.2',
      'ring0_addr: 169.254.192.2\n    ▶ring1_addr: 198.18.1.11',
      "ring1_addr 198.18.1.11 is not an address of 'lb2'",
    ));

  test('a node without an address', () =>
    problem(
      'node {\n    name: lb2\n    nodeid: 2\n    ring0_addr: 169.254.192.2',
      '▶node {\n    name: lb2\n    nodeid: 2',
      "'lb2' has no ring0_addr",
    ));

  test.each([
    ['▶nodeid: 1', "nodeid 1 is another node's already"],
    ['▶nodeid: 0', "nodeid must be a whole number from 1 to 65535, not '0'"],
    ['▶nodeid: 65536', "nodeid must be a whole number from 1 to 65535, not '65536'"],
    ['▶nodeid: two', "nodeid must be a whole number from 1 to 65535, not 'two'"],
  ])('%s', (to, says) => problem('nodeid: 2', to, says));

  test('no nodeid', () =>
    problem(
      'node {\n    name: lb2\n    nodeid: 2',
      '▶node {\n    name: lb2',
      "this node has no nodeid: knet needs one, like 'nodeid: 1'",
    ));

  test('none at all', async () => {
    const [head] = FILES['corosync.conf']!.split('nodelist');
    const files = { ...FILES, 'corosync.conf': head! };
    expect(await problemsOf(files)).toEqual([
      'corosync.conf:1:1 there is no nodelist: knet needs one with every member',
    ]);
    const udp = changed('corosync.conf', 'transport: knet', 'transport: udp', files);
    expect(await problemsOf(udp)).toHaveLength(1);
    const found = 'transport: udp\n  interface {\n    bindnetaddr: 169.254.192.0\n  }';
    expect(await problemsOf(changed('corosync.conf', 'transport: udp', found, udp))).toEqual([]);
  });
});

describe('what corosync would refuse', () => {
  test('syntax', () => problem('two_node: 1', '▶two_node 1', "'two_node 1' is neither"));
  test('a value', () => problem('token: 1000', '▶token: 3', 'token must be a whole number'));
});
