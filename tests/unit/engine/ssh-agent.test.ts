import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect as dialPort } from 'node:net';
import ssh2 from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { SshAgent } from '../../../harness/engine/ssh-agent.ts';

type Exec = (channel: ssh2.ServerChannel) => void;

/** An SSH server that lets everybody in who has a key, and counts who is logging in at the same time. */
async function sshServer(exec: Exec): Promise<{ agent: SshAgent; most: () => number }> {
  const { private: host } = ssh2.utils.generateKeyPairSync('ed25519');
  const { private: privateKey } = ssh2.utils.generateKeyPairSync('ed25519');
  let [now, most] = [0, 0];
  const server = new ssh2.Server({ hostKeys: [host] }, (client) => {
    now += 1;
    most = Math.max(most, now);
    client.on('error', () => undefined);
    // Slow, so that the next ones come meanwhile.
    client.on('authentication', (asked) => void setTimeout(() => asked.accept(), 20));
    client.on('ready', () => {
      now -= 1;
      client.on('session', (accept) => accept().once('exec', (acceptExec) => exec(acceptExec())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const agent = new SshAgent({ host: '127.0.0.1', port, username: 'ops', privateKey });
  return { agent, most: () => most };
}

function ask(agent: SshAgent, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const answered = (answer: IncomingMessage) => {
      let text = '';
      answer.on('data', (piece) => {
        text += piece;
      });
      answer.on('end', () => resolve(text));
    };
    request({ host: 'far', path: '/_ping', agent, signal }, answered).on('error', reject).end();
  });
}

test('few log in at the same time, whatever is asked at once, and all are answered', async () => {
  const far = createServer((_, answer) => answer.end('OK'));
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void far.close());
  const { port } = far.address() as AddressInfo;
  const { agent, most } = await sshServer((channel) => {
    channel.pipe(dialPort(port, '127.0.0.1')).pipe(channel);
  });
  const answers = await Promise.all(Array.from({ length: 24 }, () => ask(agent)));
  expect(new Set(answers)).toEqual(new Set(['OK']));
  // sshd begins to refuse with more than ten, and others log in there too.
  expect(most()).toBeLessThanOrEqual(5);
  expect(most()).toBeGreaterThan(1);
});

test('what the command said there is in the error', async () => {
  const { agent } = await sshServer((channel) => {
    channel.stderr.write('bash: line 1: docker: command not found\n');
    setTimeout(() => {
      channel.exit(127);
      channel.end();
    }, 50);
  });
  await expect(ask(agent)).rejects.toThrow(
    "'docker system dial-stdio' ended with 127 there: bash: line 1: docker: command not found",
  );
});

test('a request that is given up does not wait for its login', async () => {
  const { agent } = await sshServer(() => undefined);
  const stop = new AbortController();
  const asked = ask(agent, stop.signal);
  stop.abort();
  await expect(asked).rejects.toThrow('aborted');
});
