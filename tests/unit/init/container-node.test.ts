import type { ContainerInspectInfo, ImageInspectInfo } from 'dockerode';
import { expect, test } from 'vitest';
import { containerNode } from '../../../harness/init/container-node.ts';
import { proposal } from './proposals.ts';

/** What `docker inspect` says, as far as it is read. */
function inspected(container: object, image: object = {}, has_shell = true) {
  const { Config = {}, HostConfig = {}, Mounts = [], Networks = {} } = container as Record<string, object>;
  return containerNode(
    {
      Name: '/r1',
      Config: { Image: 'acme/router:7', ...Config },
      HostConfig,
      Mounts,
      NetworkSettings: { Networks },
    } as unknown as ContainerInspectInfo,
    { Config: image } as unknown as ImageInspectInfo,
    new Set(['/etc/keepalived/keepalived.conf']),
    has_shell,
  );
}

test('what is not of the image is carried over, and only that', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as an environment has it
  const env = ['PATH=/bin', 'MODE=a=b', 'HOME_OF=${HOME}'];
  const { own, addresses, left_out } = inspected(
    {
      Config: { Env: env, Cmd: ['run', "it's"], Entrypoint: ['/init'] },
      HostConfig: { CapAdd: ['NET_ADMIN'] },
      Networks: {
        b: { IPAddress: '198.18.9.3', IPPrefixLen: 24 },
        a: { IPAddress: '198.18.8.3', IPPrefixLen: 16 },
      },
    },
    { Env: ['PATH=/bin'], Cmd: ['run'], Entrypoint: ['/init'] },
  );
  expect(own).toEqual({
    image: 'acme/router:7',
    env: { MODE: 'a=b', HOME_OF: '$${HOME}' },
    'cap-add': ['NET_ADMIN'],
    argv: ['/init', 'run', "it's"],
  });
  expect([...addresses]).toEqual([
    ['eth0', '198.18.8.3/16'],
    ['eth1', '198.18.9.3/24'],
  ]);
  expect(left_out).toEqual([]);
});

test('what a node is not given is named', () => {
  const { own, left_out } = inspected({
    Config: { Env: ['DB_PASSWORD=hunter2'], User: 'daemon', WorkingDir: '/srv' },
    HostConfig: {
      Privileged: true,
      CapAdd: ['ALL'],
      NetworkMode: 'host',
      Devices: [{ PathOnHost: '/dev/sda' }],
      PortBindings: { '80/tcp': [{}] },
    },
    Mounts: [
      { Destination: '/data', Source: '/srv/data' },
      { Destination: '/etc/keepalived/keepalived.conf', Source: '/srv/k' },
    ],
  });
  expect(own).toEqual({
    image: 'acme/router:7',
    user: 'daemon',
    'cap-add': ['NET_ADMIN', 'NET_BROADCAST', 'IPC_LOCK', 'SYS_NICE'],
  });
  expect(left_out).toEqual([
    'the environment variable DB_PASSWORD, which may be a secret,',
    'what is mounted at /data (/srv/data)',
    'every privilege (a node is never privileged; it has NET_ADMIN, NET_BROADCAST, IPC_LOCK, SYS_NICE)',
    'the working folder /srv',
    'the device /dev/sda',
    "the machine's network, which it shares",
    'the published port 80/tcp',
  ]);
});

test('without a shell nothing waits in front of what the image starts', () => {
  expect(inspected({ Config: { Entrypoint: ['/init'] } }, {}, false).own).toEqual({ image: 'acme/router:7' });
});

test('the sample proposals have links of the brief form: hadrill’s images set their addresses themselves', async () => {
  const conf = 'dhcp-range=198.18.7.10,198.18.7.99\n';
  const { writeFile } = await import('node:fs/promises');
  const { freshFolder } = await import('../../support/folder.ts');
  const folder = await freshFolder();
  await writeFile(`${folder}/a`, conf);
  const { links } = await proposal({ dnsmasq: [`d1=${folder}/a`, `d2=${folder}/a`] });
  expect(links[0]!.endpoints[0]).toBe('d1:eth0');
});
