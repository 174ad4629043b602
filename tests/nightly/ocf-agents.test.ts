import { readFile } from 'node:fs/promises';
import { parseXml, type XmlElement, XmlNode } from '@rgrove/parse-xml';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ExecResult } from '../../harness/engine/exec-in-container.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

/** Return codes of the OCF Resource Agent API. */
const [SUCCESS, ERR_GENERIC, ERR_ARGS, ERR_UNIMPLEMENTED, ERR_INSTALLED, ERR_CONFIGURED, NOT_RUNNING] = [
  0, 1, 2, 3, 5, 6, 7,
];
const NODE = 'lb1';
const FOLDER = '/usr/lib/ocf/resource.d/hadrill';
const name = freshName('ocf');
let lab: Lab;

beforeAll(async () => {
  const env = { COROSYNC: 'off', PACEMAKERD: 'off', LB1_EXTRA: ' front=198.18.1.100/24' };
  lab = await up(engine, await loadTopology(`${REPOSITORY}/topologies/lb/lb.clab.yml`, { env }), { name });
  await waitUntil({
    what: 'the node to have its address and its files',
    timeout_ms: 20_000,
    check: async () =>
      (await sh('test -e /etc/haproxy/haproxy.cfg && ip address | grep .1.100')).exit_code === 0,
  });
  const program = await readFile(`${REPOSITORY}/tests/fixtures/health-daemon.py`, 'utf8');
  await sh('cat > /root/agent && chmod 755 /root/agent', program);
  await sh('echo 8776 > /root/tcp.conf; echo /run/agent.sock > /root/socket.conf');
});
afterEach(async () => {
  for (const daemon of ['haproxy', 'agent']) {
    await sh(`pkill -KILL -x ${daemon}; until ! pgrep -x ${daemon}; do sleep 0.05; done`);
  }
  await sh('rm -f /run/*.pid');
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** A line of shell in the node; `text` is its standard input. */
function sh(line: string, text = ''): Promise<ExecResult> {
  return lab.exec(NODE, ['sh', '-c', `printf %s "$1" | { ${line}\n}`, 'sh', text]);
}

/** Runs a resource agent as Pacemaker does. */
function agent(type: string, action: string, parameters: Record<string, string> = {}): Promise<ExecResult> {
  const env = Object.entries(parameters).map(([key, value]) => `OCF_RESKEY_${key}=${value}`);
  const standard = ['OCF_ROOT=/usr/lib/ocf', 'OCF_RESOURCE_INSTANCE=test'];
  return lab.exec(NODE, ['env', ...standard, ...env, `${FOLDER}/${type}`, action]);
}

/** The code with which it ended, and the reason that it gave to Pacemaker. */
async function outcome(...call: Parameters<typeof agent>): Promise<[number, string]> {
  const { exit_code, stderr } = await agent(...call);
  return [exit_code, /^ocf-exit-reason:(.*)$/m.exec(stderr)?.[1] ?? ''];
}

async function code(...call: Parameters<typeof agent>): Promise<number> {
  return (await agent(...call)).exit_code;
}

async function pids(process: string): Promise<string[]> {
  return (await sh(`pgrep -x ${process}`)).stdout.split('\n').filter((line) => line !== '');
}

describe.each([
  { type: 'haproxy', process: 'haproxy', own: {} },
  { type: 'metadata-agent', process: 'agent', own: { program: '/root/agent', config: '/root/tcp.conf' } },
  {
    type: 'metadata-agent',
    process: 'agent',
    own: { program: '/root/agent', config: '/root/socket.conf', socket: '/run/agent.sock' },
  },
])('$type $own', ({ type, process, own }) => {
  test('start proves the service, is not a second start, and stop leaves nothing', async () => {
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
    expect(await outcome(type, 'start', own)).toEqual([SUCCESS, '']);
    expect(await code(type, 'monitor', own)).toBe(SUCCESS);
    const first = await pids(process);
    expect(first).toHaveLength(1);
    expect(await code(type, 'start', own)).toBe(SUCCESS);
    expect(await pids(process)).toEqual(first);
    for (const again of [1, 2]) expect([again, await code(type, 'stop', own)]).toEqual([again, SUCCESS]);
    expect(await pids(process)).toEqual([]);
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
  });

  test('one that was killed does not run, and can be started again', async () => {
    await agent(type, 'start', own);
    await sh(`pkill -KILL -x ${process}`);
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
    expect(await code(type, 'start', own)).toBe(SUCCESS);
  });

  test('one that hangs fails within check_timeout, passes where only its process counts, and can be stopped', async () => {
    await agent(type, 'start', own);
    await sh(`pkill -STOP -x ${process}`);
    const [failed, reason] = await outcome(type, 'monitor', { ...own, check_timeout: '0.5' });
    expect(failed).toBe(ERR_GENERIC);
    expect(reason).toMatch(/\(process \d+\) does not answer http:\S+ within 0\.5 s$/);
    expect(await code(type, 'monitor', { ...own, check: 'pid' })).toBe(SUCCESS);
    expect(await code(type, 'stop', own)).toBe(SUCCESS);
    expect(await pids(process)).toEqual([]);
  });

  test('a pid that somebody else has by now is neither watched nor killed', async () => {
    const pidfile = `/run/${type}-test.pid`;
    await sh(`sleep 60 > /dev/null 2>&1 & echo $! > ${pidfile}`);
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
    const stranger = await output(lab, NODE, 'cat', pidfile);
    expect(await code(type, 'stop', own)).toBe(SUCCESS);
    await output(lab, NODE, 'kill', stranger.trim());

    // One of the same kind, which another resource keeps.
    await sh('sed s/8776/8777/ /root/tcp.conf > /root/other.conf');
    const other =
      type === 'haproxy' ? {} : { program: '/root/agent', config: '/root/other.conf', check: 'pid' };
    expect(await code(type, 'start', { ...other, pidfile: '/run/other.pid' })).toBe(SUCCESS);
    await sh(`cp /run/other.pid ${pidfile}`);
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
    expect(await code(type, 'stop', own)).toBe(SUCCESS);
    expect(await pids(process)).toHaveLength(1);

    await sh(`echo '1 or so' > ${pidfile}`);
    expect(await code(type, 'monitor', own)).toBe(NOT_RUNNING);
    expect(await code(type, 'start', own)).toBe(SUCCESS);
  });

  test('a page that is an error fails, at the start before Pacemaker loses patience', async () => {
    const wrong = { ...own, url: `http://127.0.0.1:${type === 'haproxy' ? 8404 : 8776}/nothing` };
    await agent(type, 'start', own);
    expect(await outcome(type, 'monitor', wrong)).toEqual([
      ERR_GENERIC,
      expect.stringMatching(/answers \S+ with an error$/),
    ]);
    await agent(type, 'stop', own);
    expect(await outcome(type, 'start', { ...wrong, CRM_meta_timeout: '3000' })).toEqual([
      ERR_GENERIC,
      expect.stringMatching(/was started, but answers/),
    ]);
  });

  test('what is not installed cannot start, and a probe says that it does not run', async () => {
    const key = type === 'haproxy' ? 'binary' : 'program';
    const missing = { ...own, [key]: '/nowhere/daemon' };
    expect(await outcome(type, 'start', missing)).toEqual([
      ERR_INSTALLED,
      expect.stringContaining('/nowhere/daemon'),
    ]);
    expect(await code(type, 'validate-all', missing)).toBe(ERR_INSTALLED);
    expect(await code(type, 'monitor', { ...missing, CRM_meta_interval: '0' })).toBe(NOT_RUNNING);
    const unset = { ...own, config: '/nowhere/file' };
    expect(await outcome(type, 'start', unset)).toEqual([ERR_ARGS, expect.stringContaining('/nowhere/file')]);
    expect(await code(type, 'validate-all', unset)).toBe(ERR_ARGS);
    expect(await code(type, 'monitor', { ...unset, CRM_meta_interval: '0' })).toBe(NOT_RUNNING);
  });

  test('parameters that no node could use, and actions that there are not', async () => {
    for (const wrong of [
      { check: 'both' },
      { check_timeout: '0' },
      { check_timeout: '1s' },
      { pidfile: 'x' },
    ]) {
      expect(await code(type, 'validate-all', { ...own, ...wrong })).toBe(ERR_CONFIGURED);
      expect(await code(type, 'start', { ...own, ...wrong })).toBe(ERR_CONFIGURED);
    }
    expect(await code(type, 'validate-all', own)).toBe(SUCCESS);
    expect(await code(type, 'migrate_to', own)).toBe(ERR_UNIMPLEMENTED);
  });

  test('its meta-data is what Pacemaker asks for', async () => {
    const shown = await output(lab, NODE, 'crm_resource', '--show-metadata', `ocf:hadrill:${type}`);
    const root = parseXml(shown).root!;
    expect([root.name, root.attributes.name]).toEqual(['resource-agent', type]);
    expect(named(root, 'version')[0]!.text).toBe('1.1');
    const parameters = named(named(root, 'parameters')[0]!, 'parameter');
    expect(parameters.map(({ attributes }) => attributes.name)).toEqual(
      expect.arrayContaining([...Object.keys(own), 'config', 'pidfile', 'url', 'check', 'check_timeout']),
    );
    for (const parameter of parameters) {
      for (const key of ['required', 'unique']) expect(parameter.attributes[key]).toMatch(/^[01]$/);
      for (const key of ['longdesc', 'shortdesc']) expect(named(parameter, key)[0]!.text).not.toBe('');
      expect(Object.keys(named(parameter, 'content')[0]!.attributes)).toEqual(['type', 'default']);
    }
    const actions = named(named(root, 'actions')[0]!, 'action');
    expect(
      actions
        .map(({ attributes }) => attributes.name)
        .toSorted()
        .join(' '),
    ).toBe('meta-data monitor start stop validate-all');
    for (const { attributes } of actions) expect(attributes.timeout).toMatch(/^\d+s$/);
  });

  test('ocf-tester has nothing against it', async () => {
    const options = Object.entries(own).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    // There is no xmllint in the image, and its document type is that of API 1.0: the test above reads the meta-data.
    await sh('mkdir -p /root/bin && ln -sf /bin/true /root/bin/xmllint');
    const words = ['ocf-tester', '-n', 'test', ...options, `${FOLDER}/${type}`];
    const done = await lab.exec(NODE, ['sh', '-c', 'PATH=/root/bin:$PATH "$@" 2>&1', 'sh', ...words]);
    expect(done.stdout).toContain('passed all tests');
    expect(done.exit_code).toBe(0);
    expect(await pids(process)).toEqual([]);
  });
});

test('HAProxy says why it does not start', async () => {
  await sh('cat > /root/broken.cfg', 'frontend x\n  bind 127.0.0.1:8404\n  mode sideways\n');
  expect(await outcome('haproxy', 'start', { config: '/root/broken.cfg' })).toEqual([
    ERR_ARGS,
    expect.stringMatching(/would not take \/root\/broken\.cfg: .*broken\.cfg:3\].*sideways/),
  ]);
  await sh('cat > /root/taken.cfg', 'frontend x\n  mode http\n  bind 203.0.113.77:80\n');
  expect(await outcome('haproxy', 'start', { config: '/root/taken.cfg' })).toEqual([
    ERR_GENERIC,
    expect.stringMatching(/did not start: .*203\.0\.113\.77:80/),
  ]);
});

test('a metadata agent that ends at once says why, and what one writes is in the log of the node', async () => {
  const own = { program: '/root/agent', config: '/root/this.conf' };
  await sh('echo broken > /root/this.conf');
  expect(await outcome('metadata-agent', 'start', own)).toEqual([
    ERR_GENERIC,
    'The metadata agent ended right after its start: broken on purpose',
  ]);
  await sh('echo 8776 > /root/this.conf');
  expect(await code('metadata-agent', 'start', own)).toBe(SUCCESS);
  await waitUntil({
    what: 'the line of the agent in the log of the node',
    timeout_ms: 5000,
    check: async () => (await lab.log(NODE, 50)).includes('metadata-agent: listens on 8776'),
  });
});

function named(parent: XmlElement, child: string): XmlElement[] {
  return parent.children.filter(
    (one): one is XmlElement => one.type === XmlNode.TYPE_ELEMENT && (one as XmlElement).name === child,
  );
}
