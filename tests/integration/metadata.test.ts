import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { output } from '../support/faults.ts';
import {
  type Answer,
  answered,
  ask,
  metadata,
  openMetadataLab,
  proxiesOn,
  withHeaders,
} from '../support/metadata-labs.ts';

const VM1 = { instance_id: '6f1e2a54-51a1-4b0e-9c1d-3a2b7c9d0001', tenant_id: 'tenant1', signature: 'ok' };
const VM2 = { instance_id: '6f1e2a54-51a1-4b0e-9c1d-3a2b7c9d0002', tenant_id: 'tenant2', signature: 'ok' };
const ROUTER1 = 'X-Neutron-Router-ID: router1';
const FROM_VM1 = 'X-Forwarded-For: 198.18.1.10';

describe('one agent for both nodes, at its own address', () => {
  let lab: Lab;
  let remove: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ lab, remove } = await openMetadataLab('sla'));
    await answered(lab, 'vm1', { status: 200, node: 'n1' });
    await answered(lab, 'vm2', { status: 200, node: 'n2' });
  });
  afterAll(() => remove?.());

  test('each instance gets what is its own, through its own router', async () => {
    const path = '/openstack/latest/meta_data.json';
    const [one, two] = [await metadata(lab, 'vm1'), await metadata(lab, 'vm2')];
    expect(one).toMatchObject({ status: 200, node: 'n1', agent: 'n1' });
    expect(two).toMatchObject({ status: 200, node: 'n2', agent: 'n1' });
    expect(JSON.parse(one.body)).toEqual({ ...VM1, path });
    expect(JSON.parse(two.body)).toEqual({ ...VM2, path });
  });

  test('an instance that says who it is is not believed', async () => {
    const lies = withHeaders(
      `X-Instance-ID: ${VM2.instance_id}`,
      `X-Tenant-ID: ${VM2.tenant_id}`,
      'X-Instance-ID-Signature: 00',
      'X-Forwarded-For: 198.18.2.10',
      'X-Neutron-Router-ID: router2',
      'X-Neutron-Network-ID: net2',
    );
    const { status, body } = await metadata(lab, 'vm1', ...lies);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject(VM1);
  });

  test('an address that nobody has gets nothing', async () => {
    await output(lab, 'vm1', 'ip', 'address', 'add', '198.18.1.77/24', 'dev', 'net1');
    expect(await metadata(lab, 'vm1', '--interface', '198.18.1.77')).toMatchObject({
      status: 404,
      node: 'n1',
    });
  });

  test.each(['http://198.18.1.1:9697/', 'http://198.18.1.1:9698/', 'http://203.0.113.100:8776/healthz'])(
    'no instance gets past its router to %s',
    async (url) => {
      const { exit_code } = await lab.exec('vm1', ['curl', '-s', '--max-time', '1', url]);
      expect(exit_code).toBe(28);
    },
  );

  test.each<[string, string[], string, number]>([
    ['who asks', [], 'neither X-Neutron-Router-ID nor X-Neutron-Network-ID', 400],
    ['by which address', [ROUTER1], 'no X-Forwarded-For', 400],
    [
      'of two which address',
      [ROUTER1, FROM_VM1, 'X-Forwarded-For: 198.18.1.11'],
      'more than one X-Forw',
      400,
    ],
    ['of two in a list', [ROUTER1, `${FROM_VM1}, 198.18.1.11`], 'more than one X-Forwarded-For', 400],
    [
      'of two routers which',
      [ROUTER1, 'X-Neutron-Router-ID: router2', FROM_VM1],
      'more than one X-Neutr',
      400,
    ],
    ['whether router or network', [ROUTER1, 'X-Neutron-Network-ID: net1', FROM_VM1], 'both', 404],
    ['an instance there', [ROUTER1, 'X-Forwarded-For: 198.18.1.11'], 'nobody has 198.18.1.11', 404],
    ['it behind that router', ['X-Neutron-Router-ID: router2', FROM_VM1], 'nobody has 198.18.1.10', 404],
    ['the network', ['X-Neutron-Network-ID: router1', FROM_VM1], 'nobody has 198.18.1.10', 404],
  ])('the agent refuses when it does not know %s', async (_, headers, why, status) => {
    const answer = await ask(lab, 'n2', 'http://203.0.113.100:8776/x', ...withHeaders(...headers));
    expect(answer).toMatchObject({ status, agent: 'n1' });
    expect(answer.body).toContain(why);
  });

  test('an instance may ask for a page that is called as the agent’s own one', async () => {
    const url = 'http://203.0.113.100:8776/healthz';
    expect(await ask(lab, 'n2', url)).toMatchObject({ status: 200, body: 'ok\n' });
    const { body } = await ask(lab, 'n2', url, ...withHeaders(ROUTER1, FROM_VM1));
    expect(JSON.parse(body)).toEqual({ ...VM1, path: '/healthz' });
  });

  describe('an agent of another configuration', () => {
    /** Runs it on n1 as long as the test, at a local socket, and asks it as router1's proxy does. */
    async function askAgent(changes: Record<string, string>): Promise<Answer> {
      const settings = { nova: '203.0.113.20:8775', shared_secret: 'shared-by-agent-and-nova', ...changes };
      const lines = Object.entries({ listen: '/run/other.sock', ...settings }).map((pair) =>
        pair.join(' = '),
      );
      const text = ['[agent]', ...lines, '[router router1]', `198.18.1.10 = ${VM1.instance_id} tenant1`, ''];
      const files = { '/run/other.conf': text.join('\n') };
      await lab.agent.call('write_node_files', { pid: lab.node('n1').pid, files, remove: [] });
      await output(
        lab,
        'n1',
        'sh',
        '-c',
        'setsid metadata-agent --config /run/other.conf > /dev/null 2>&1 &',
      );
      // It is killed: the socket that it leaves behind does not keep the next one from its own.
      const end = ['pkill', '-9', '-f', '/run/other.conf'];
      onTestFinished(() => output(lab, 'n1', ...end).then(() => {}));
      const socket = ['--unix-socket', '/run/other.sock'];
      await waitUntil({
        what: 'the other agent to answer',
        timeout_ms: 10_000,
        check: async () => (await ask(lab, 'n1', 'http://x/healthz', ...socket)).status === 200,
      });
      return ask(lab, 'n1', 'http://x/path', ...socket, ...withHeaders(ROUTER1, FROM_VM1));
    }

    test('signs what Nova believes', async () => {
      const answer = await askAgent({});
      expect(JSON.parse(answer.body)).toEqual({ ...VM1, path: '/path' });
    });

    test('with another secret than Nova’s is refused by Nova', async () => {
      expect(await askAgent({ shared_secret: 'another' })).toMatchObject({ status: 403, agent: 'n1' });
    });

    test.each([
      ['refuses connections', '203.0.113.20:1'],
      ['is not there', '203.0.113.250:8775'],
    ])('whose Nova %s says so within its timeout', async (_, nova) => {
      expect(await askAgent({ nova })).toMatchObject({ status: 503, body: expect.stringContaining(nova) });
    });

    test.each([
      ['[agent]\nlisten = /run/other.sock\n', "there is no 'nova'"],
      ['[agent]\nlisten = /run/other.sock\nnova = nowhere\nshared_secret = x\n', 'invalid literal'],
      ['listen = /run/other.sock\n', 'no section headers'],
    ])('does not start when it lacks something', async (text, why) => {
      const files = { '/run/other.conf': text };
      await lab.agent.call('write_node_files', { pid: lab.node('n1').pid, files, remove: [] });
      const { exit_code, stderr } = await lab.exec('n1', ['metadata-agent', '--config', '/run/other.conf']);
      expect(exit_code).toBe(1);
      expect(stderr).toContain(why);
    });
  });

  test('a proxy runs where its router is primary', async () => {
    expect([await proxiesOn(lab, 'n1'), await proxiesOn(lab, 'n2')]).toEqual([1, 1]);
  });
});
