import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import ssh2 from 'ssh2';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { connectEngines } from '../../../harness/engine/connect-engines.ts';
import { parseEngineList } from '../../../harness/engine/engine-list.ts';
import { EnvironmentError, InputError } from '../../../harness/ground/errors.ts';

/** What an engine answers when it is asked what it is: nothing more is asked of it here. */
interface Answers {
  id: string;
  api?: string;
  root?: string;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hadrill-engines-'));
  return () => rmSync(folder, { recursive: true });
});

function listener({ id, api = '1.41', root = '/var/lib/docker' }: Answers): RequestListener {
  const version = { Version: '20.10.24', ApiVersion: api, Arch: 'amd64', KernelVersion: '6.1.0' };
  const info = { ID: id, Name: `machine-${id}`, NCPU: 4, MemTotal: 8e9, DockerRootDir: root };
  return (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url?.includes('/info') ? info : version));
  };
}

/** Something that answers on a socket. @returns its URL. */
async function answering(name: string, answers: Answers): Promise<string> {
  const file = path.join(folder, `${name}.sock`);
  await opened(createServer(listener(answers)), file);
  return `unix://${file}`;
}

async function opened(server: Server, where: string | number): Promise<void> {
  await new Promise<void>((resolve) => server.listen(where as string, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
}

const connect = (list: string) => connectEngines(parseEngineList(list), {}).catch((error: unknown) => error);

test('engines are told apart by what they are, not by how they are reached', async () => {
  const [a, b, c] = [
    await answering('a', { id: 'one' }),
    await answering('b', { id: 'two' }),
    await answering('c', { id: 'one' }),
  ];
  expect(await connect(`x=${a},y=${b}`)).toMatchObject([
    { name: 'x', details: { id: 'one', machine: 'machine-one', cpus: 4 }, env: { DOCKER_HOST: a } },
    { name: 'y', details: { id: 'two' } },
  ]);
  const same = await connect(`x=${a},y=${b},z=${c}`);
  expect(same).toBeInstanceOf(InputError);
  expect((same as Error).message).toBe(
    `--engines: 'x' (${a}) and 'z' (${c}) are one engine, on machine-one, by its ID one: name it once`,
  );
});

test('two engines of one machine have one ID, and folders of their own', async () => {
  const [a, b] = [await answering('a', { id: 'one' }), await answering('b', { id: 'one', root: '/other' })];
  expect(await connect(`x=${a},y=${b}`)).toMatchObject([{ name: 'x' }, { name: 'y' }]);
});

test('the environment of the only engine does not lead astray', async () => {
  const a = await answering('a', { id: 'one' });
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await connect(`x=${a}`)).toMatchObject([{ name: 'x' }]);
});

test('all that cannot be used are said at once, each with what to do', async () => {
  const a = await answering('a', { id: 'one' });
  const old = await answering('old', { id: 'two', api: '1.40' });
  const failure = await connect(`x=${a},gone=unix://${folder}/none.sock,old=${old}`);
  expect(failure).toBeInstanceOf(EnvironmentError);
  const { message, remedy } = failure as EnvironmentError;
  expect(message).toMatch(
    /^engine 'gone': no container engine at unix:.*none.sock \(from --engines\): there is no such socket/,
  );
  expect(message).toMatch(
    /\nengine 'old': docker 20.10.24 is too old: it serves API 1.40, and 1.41 is needed$/,
  );
  expect(remedy).toMatch(/engine 'gone': start that engine.*\nengine 'old': upgrade it/);
});

/** A CA of the test's own, and certificates that it has signed, as Docker wants them. */
async function certificates(name: string): Promise<string> {
  const own = path.join(folder, name);
  const script = `set -e; mkdir '${own}'; cd '${own}'
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca.pem -subj /CN=ca-${name} -days 2
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost
echo 'subjectAltName=IP:127.0.0.1' > names
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile names -out cert.pem`;
  await execa({ shell: true })`${script}`;
  return own;
}

test('certificates of another authority are said to be wrong', async () => {
  const [right, wrong] = [await certificates('right'), await certificates('wrong')];
  const file = (name: string) => readFileSync(path.join(right, name));
  const options = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
  const server = createTlsServer(
    { ...options, requestCert: true, rejectUnauthorized: true },
    listener({ id: 'tls' }),
  );
  await opened(server, 0);
  const { port } = server.address() as { port: number };
  const url = `tcp://127.0.0.1:${port}`;
  expect(await connect(`x=${url}?certs=${right}`)).toMatchObject([{ name: 'x', details: { id: 'tls' } }]);
  const refused = await connect(`x=${url}?certs=${wrong}`);
  expect((refused as Error).message).toMatch(/TLS fails, the certificates do not fit/);
  const absent = await connect(`x=${url}?certs=${folder}/none`);
  expect((absent as Error).message).toMatch(/engine 'x': the engine's TLS files cannot be read: ENOENT/);
});

/** An SSH server that lets the owner of one key in, and passes what `docker system dial-stdio` would pass. */
async function sshServer(socket: string, key: string): Promise<number> {
  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const allowed = ssh2.utils.parseKey(key);
  if (allowed instanceof Error) throw allowed;
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => {
      const fits = asked.method === 'publickey' && asked.key.data.equals(allowed.getPublicSSH());
      const signed =
        asked.method === 'publickey' &&
        (asked.signature === undefined || allowed.verify(asked.blob!, asked.signature) === true);
      if (fits && signed) asked.accept();
      else asked.reject(['publickey']);
    });
    client.on('ready', () =>
      client.on('session', (accept) =>
        accept().once('exec', (acceptExec, _reject, { command }) => {
          expect(command).toBe('docker system dial-stdio');
          const channel = acceptExec();
          channel.pipe(dial(socket)).pipe(channel);
        }),
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

/** Connects in a process of its own: the client's SSH is loaded late, by hooks that only Node itself has. */
async function connectOutside(list: string): Promise<string> {
  const module = (name: string) =>
    JSON.stringify(new URL(`../../../harness/engine/${name}.ts`, import.meta.url).href);
  const script = `
    import { connectEngines } from ${module('connect-engines')};
    import { parseEngineList } from ${module('engine-list')};
    const said = await connectEngines(parseEngineList(${JSON.stringify(list)}), {}).then(
      ([engine]) => engine.details.id,
      (error) => error.message,
    );
    process.stdout.write(said);
    process.exit();`;
  return (await execa('node', ['--input-type=module', '--eval', script])).stdout;
}

test('an engine behind SSH: with the right key it answers, with another it says that this user is not let in', async () => {
  await answering('far', { id: 'far' });
  const [right, wrong] = ['right', 'wrong'].map((name) => {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    writeFileSync(path.join(folder, name), pair.private);
    return { ...pair, file: path.join(folder, name) };
  });
  const port = await sshServer(path.join(folder, 'far.sock'), right!.public);
  const url = `ssh://ops@127.0.0.1:${port}`;
  expect(await connectOutside(`x=${url}?key=${right!.file}`)).toBe('far');
  expect(await connectOutside(`x=${url}?key=${wrong!.file}`)).toMatch(
    /engine 'x': .*SSH does not let this user in/,
  );
  expect(await connectOutside(`x=${url}?key=${folder}/none`)).toMatch(
    /engine 'x': the key for SSH cannot be read: ENOENT/,
  );
});
