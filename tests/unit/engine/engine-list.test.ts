import { expect, test } from 'vitest';
import { resolveEndpoint } from '../../../harness/engine/endpoint.ts';
import { parseEngineList } from '../../../harness/engine/engine-list.ts';
import { InputError } from '../../../harness/ground/errors.ts';

/** What would be connected to, in an environment that says otherwise. */
const endpoints = (text: string) =>
  parseEngineList(text).map(({ name, env }) => {
    const ambient = {
      DOCKER_HOST: 'tcp://192.0.2.9:1',
      DOCKER_CONTEXT: 'other',
      HADRILL_ENGINE_SOCKET: '/ambient',
      DOCKER_CONFIG: '/nonexistent',
    };
    return { name, ...resolveEndpoint({ ...ambient, ...env }) };
  });

test('each engine has a name and an address of its own, whatever the environment says', () => {
  const [a, b, c] = endpoints(
    'a=unix:///x/a.sock, b=tcp://203.0.113.7:2375,lab-3=ssh://ops@lab.example:2222',
  );
  expect(a).toMatchObject({ name: 'a', socket: '/x/a.sock' });
  expect(b).toMatchObject({ name: 'b', options: { host: '203.0.113.7', port: '2375', protocol: 'http' } });
  expect(c).toMatchObject({
    name: 'lab-3',
    options: { host: 'lab.example', port: '2222', protocol: 'ssh', username: 'ops' },
  });
  expect(() => endpoints('a=context:gone')).toThrow(/docker context 'gone' cannot be read/);
});

test('certificates, a key and the socket are said for each', () => {
  const [a, b] = parseEngineList('a=tcp://h:2376?certs=/etc/a&socket=/run/p.sock,b=ssh://h?key=/k');
  expect(a).toEqual({
    name: 'a',
    url: 'tcp://h:2376',
    env: {
      DOCKER_HOST: 'tcp://h:2376',
      DOCKER_CONTEXT: '',
      DOCKER_CERT_PATH: '/etc/a',
      HADRILL_ENGINE_SOCKET: '/run/p.sock',
    },
  });
  expect(b!.env).toMatchObject({ HADRILL_SSH_KEY: '/k', HADRILL_ENGINE_SOCKET: '' });
});

test.each([
  ['unix:///x', /engine 1 is 'unix:\/\/\/x', without a name: write NAME=URL/],
  ['', /engine 1 is empty/],
  ['a=unix:///x,', /engine 2 is empty/],
  ['tcp://h:1?certs=/x', /without a name/],
  ['a b=unix:///x', /'a b' is not a name for an engine/],
  ['a=lab.example', /engine 'a' has the address 'lab.example': write unix:/],
  ['a=context:', /has the address 'context:'/],
  ['a=ftp://h', /has the address 'ftp:\/\/h'/],
  ['a=unix:///x,a=unix:///y', /two engines are named 'a'/],
  ['a=unix:///x,b=unix:///x', /two engines have the address 'unix:\/\/\/x'/],
  ['a=tcp://h?cert=/x', /has the option 'cert': there are certs, key, socket/],
  ['a=tcp://h?certs=', /the option 'certs' has no value/],
])('%j is refused', (text, says) => {
  expect(() => parseEngineList(text)).toThrow(InputError);
  expect(() => parseEngineList(text)).toThrow(says);
});

test('all that is wrong is said at once', () => {
  expect(() => parseEngineList('a=x,b=y')).toThrow(/engine 'a' has.*engine 'b' has/s);
});
