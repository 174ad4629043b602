import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { connectEngine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';

const NAME = 'hadrill-test-foreign';
const VIP = '198.18.77.100';

const conf = (priority: number) => `vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress { ${VIP}/24 }
}
`;

/** Starts its daemon at once, as images do that know nothing of a lab; one of the two has its configuration inside. */
const DOCKERFILE = (from: string) => `FROM ${from}
LABEL hadrill.capabilities=""
COPY keepalived.conf /etc/keepalived/keepalived.conf
ENTRYPOINT ["keepalived", "--dont-fork", "--log-console"]
CMD ["--log-detail"]
`;

async function build(docker: Docker, from: string): Promise<string> {
  const context = pack();
  context.entry({ name: 'Dockerfile' }, DOCKERFILE(from));
  context.entry({ name: 'keepalived.conf' }, conf(100));
  context.finalize();
  const tag = `${NAME}:1`;
  const output = await docker.buildImage(Readable.from(context), { t: tag });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(output, (error) => (error ? reject(error) : resolve()));
  });
  onTestFinished(() => docker.getImage(tag).remove({ force: true }));
  return tag;
}

test('containers of a foreign image, on a network of Docker: the drill passes and its control fails', async ({
  skip,
}) => {
  const folder = await freshFolder();
  const engine = await connectEngine();
  const { docker } = engine;
  const image = await build(docker, (await ensureImages(engine, ['router'])).get('router')!.tag);
  const network = await docker
    .createNetwork({ Name: NAME, IPAM: { Config: [{ Subnet: '198.18.77.0/24' }] } })
    .catch((error: Error) => skip(`the engine makes no network: ${error.message}`));
  onTestFinished(() => network.remove());
  await writeFile(`${folder}/mounted.conf`, conf(150));
  const nodes = { [`${NAME}-mounted`]: true, [`${NAME}-baked`]: false };
  for (const [name, mounted] of Object.entries(nodes)) {
    const container = await docker.createContainer({
      name,
      Image: image,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as an environment has it
      Env: ['SITE=${HOME}'],
      HostConfig: {
        NetworkMode: NAME,
        CapAdd: ['NET_ADMIN', 'NET_BROADCAST'],
        Binds: mounted ? [`${folder}/mounted.conf:/etc/keepalived/keepalived.conf:ro`] : [],
      },
    });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
  }

  const made = await hadrill(['init', '--from-docker', ...Object.keys(nodes), '--out', 'mine'], {
    cwd: folder,
  });
  expect(made.code, made.stderr).toBe(0);
  expect(made.stderr).toContain('once the lab has given it its addresses');
  expect(made.stderr).not.toContain('is not carried over');
  for (const [name, mounted] of Object.entries(nodes))
    expect(await readFile(`${folder}/mine/${name}/keepalived.conf`, 'utf8')).toBe(conf(mounted ? 150 : 100));

  const drill = await hadrill(['run', 'mine/node-crash.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
  skip(drill.code === 4 && drill.stdout.includes('starved'), 'the machine starved it');
  expect(drill.code, drill.stdout + drill.stderr).toBe(0);
  expect(drill.stdout).toMatch(/^PASS /m);
  expect(drill.stdout).toMatch(/Clients were cut off for .* of 2\.61-3\.61 s allowed/);

  const control = await hadrill(['run', 'mine/control.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
  expect(control.code).toBe(1);
  expect(control.stdout).toContain('nobody took over within 10 s');
});
