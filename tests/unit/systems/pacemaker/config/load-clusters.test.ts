import { describe, expect, test } from 'vitest';
import { parseHaproxyConf } from '../../../../../harness/systems/haproxy/config/haproxy-conf.ts';
import { agentsOf } from '../../../../../harness/systems/pacemaker/config/load-clusters.ts';
import {
  changed,
  expectNote,
  expectProblem,
  FILES,
  loadFiles,
  loadHaproxies,
  problemsOf,
} from './cluster-files.ts';

describe('files of a cluster in which nothing is wrong', () => {
  test('what each member has, templates rendered', async () => {
    const [cluster, ...others] = await loadFiles(FILES);
    expect(others).toEqual([]);
    expect(cluster!.name).toBe('lb');
    expect(cluster!.members.map(({ node }) => node)).toEqual(['lb1', 'lb2']);
    const [lb1] = cluster!.members;
    expect(lb1!.corosync).toMatchObject({ nodes: 2, token_ms: 1000, two_node: true });
    expect(lb1!.cib!.primitives.map(({ id }) => id)).toEqual(['vip', 'haproxy']);
    expect(lb1!.cib!.primitives[0]!.operations[0]).toMatchObject({ interval: '1s' });
    const [first] = await loadHaproxies(FILES);
    const servers = parseHaproxyConf(first!.text, 'haproxy.cfg');
    expect(servers.map(({ name }) => name)).toEqual(['web1', 'web2']);
    expect(lb1!.text.cib).toContain('interval="1s"');
    expect(lb1!.text.corosync).toBe(FILES['corosync.conf']);
  });

  test('the agents that it asks for', async () => {
    const [cluster] = await loadFiles(FILES);
    expect(agentsOf(cluster!)).toEqual([
      { class: 'ocf', provider: 'heartbeat', type: 'IPaddr2', resource: 'vip' },
      { class: 'ocf', provider: 'hadrill', type: 'haproxy', resource: 'haproxy' },
    ]);
  });

  test('a topology without clusters has none', async () => {
    expect(await loadFiles(changed('t.clab.yml', 'labels: {hadrill.cluster: lb}', 'labels: {}'))).toEqual([]);
  });

  test('two clusters', async () => {
    const files = changed(
      't.clab.yml',
      'lb2: {group: balancers}',
      'lb2: {labels: {hadrill.cluster: b}, env: {}}',
    );
    // Each is alone now, so the nodelist of the first has one too many, and the second has no file.
    expect(await problemsOf(files)).toEqual([
      expect.stringMatching(/^corosync\.conf:18:5 'lb2' in the nodelist is not a member of the cluster/),
      expect.stringMatching(/^t\.clab\.yml:19:37 member 'lb2' of cluster 'b' has no corosync\.conf/),
    ]);
  });

  test('files in a folder that is bound, and a CIB that is not bound', async () => {
    const files = changed(
      't.clab.yml',
      '- corosync.conf:/etc/corosync/corosync.conf:ro',
      '- .:/etc/corosync:ro',
    );
    const none = changed(
      't.clab.yml',
      '        - cib.xml.template:/etc/pacemaker/cib.xml.template:ro\n',
      '',
      files,
    );
    const [cluster] = await loadFiles(none);
    expect(cluster!.members[0]!.corosync).toBeDefined();
    expect(cluster!.members[0]).not.toHaveProperty('cib');
    expect(cluster!.members[0]!.text).not.toHaveProperty('cib');
  });
});

describe('a member without corosync', () => {
  const BIND = '        - corosync.conf:/etc/corosync/corosync.conf:ro\n';

  test('is a problem where it is called a member; of each member one', async () => {
    const found = await problemsOf(changed('t.clab.yml', BIND, ''));
    expect(found).toEqual([
      expect.stringMatching(
        /^t\.clab\.yml:6:33 member 'lb1' of cluster 'lb' has no corosync\.conf: bind one to/,
      ),
      expect.stringMatching(/^t\.clab\.yml:6:33 member 'lb2' /),
    ]);
  });

  test.each(['COROSYNC', 'PACEMAKERD'])(
    'is none when %s is off: then no file of the cluster counts',
    async (name) => {
      const off = changed('t.clab.yml', '        MONITOR: 1s\n', `        ${name}: "off"\n`);
      expect(await loadFiles(changed('t.clab.yml', BIND, '', off))).toEqual([]);
    },
  );

  test('is in the nodelist still when only this one is off', async () => {
    const files = changed(
      't.clab.yml',
      'lb2: {group: balancers}',
      'lb2: {group: balancers, env: {COROSYNC: "off"}}',
    );
    const [cluster] = await loadFiles(files);
    expect(cluster!.members.map(({ node }) => node)).toEqual(['lb1']);
  });
});

describe('templates', () => {
  test('a variable that is not set', () =>
    expectProblem(
      'cib.xml.template',
      `id="haproxy-monitor" name="monitor" interval="\${MONITOR}"`,
      `id="haproxy-monitor" name="monitor" interval="▶\${MONITR}"`,
      `\${MONITR} is not set: give it in the node's env`,
    ));

  test('below a variable of several lines, places are those of the template', () =>
    expectProblem(
      'cib.xml.template',
      '<nvpair id="vip-nic" name="nic" value="front"/>',
      '▶<nvpair id="vip-nic" name="nic" value="frnt"/>',
      /node 'lb1' has no interface 'frnt'|node 'lb2' has no interface 'frnt'/,
      changed('t.clab.yml', 'MORE: ""', 'MORE: "\\n<!-- one\\ntwo\\nthree -->\\n"', oneMember()),
    ));

  test('in the value of a variable, it is the place of the variable', () =>
    expectNote(
      'cib.xml.template',
      `<resources>\${MORE}`,
      `<resources>▶\${MORE}`,
      /^'p' is never monitored.* \(in the value of \$\{MORE\}\)$/,
      changed(
        't.clab.yml',
        'MORE: ""',
        `MORE: "\\n\\n<primitive id='p' class='ocf' provider='x' type='Y'/>"`,
      ),
    ));

  test("a node's own address and name are variables", async () => {
    const files = changed(
      'haproxy.cfg',
      'bind 198.18.1.100:80',
      `bind \${IPV4_FRONT}:80\n  # \${HOSTNAME} \${IPV4_LO}`,
    );
    const bound = changed(
      't.clab.yml',
      'haproxy.cfg:/etc/haproxy/haproxy.cfg:ro',
      'haproxy.cfg:/etc/haproxy/haproxy.cfg.template:ro',
      files,
    );
    const [, lb2] = await loadHaproxies(bound);
    expect(lb2!.text).toContain('bind 198.18.1.12:80\n  # lb2 127.0.0.1\n');
  });

  test('what is not written like a variable is left to the daemon', async () => {
    const files = changed('haproxy.cfg', 'frontend web', `# $HOME \${home} \${_X}\nfrontend web`);
    const [lb1] = await loadHaproxies(files);
    expect(lb1!.text).toContain(`# $HOME \${home} \${_X}\n`);
  });
});

test('everything that is wrong is told at once, once, file by file from top to bottom', async () => {
  let files = changed('corosync.conf', 'token: 1000', 'token: 3');
  files = changed('corosync.conf', 'nodeid: 2', 'nodeid: 1', files);
  files = changed('haproxy.cfg', 'bind 198', 'bind udp@198', files);
  files = changed('cib.xml.template', 'value="198.18.1.100"', 'value="198.18.1"', files);
  expect((await problemsOf(files)).map((one) => one.split(' ', 1)[0])).toEqual([
    'cib.xml.template:12:11',
    'corosync.conf:5:3',
    'corosync.conf:19:5',
    'haproxy.cfg:7:8',
  ]);
});

/** A cluster of lb1 alone. */
function oneMember() {
  let files = changed('t.clab.yml', 'lb2: {group: balancers}', 'lb2: {}');
  files = changed('corosync.conf', '  two_node: 1\n', '', files);
  const second = '  node {\n    name: lb2\n    nodeid: 2\n    ring0_addr: 169.254.192.2\n  }\n';
  return changed('corosync.conf', second, '', files);
}
