import { describe, expect, test } from 'vitest';
import { checkHaproxy } from '../../../harness/cluster/check-haproxy.ts';
import { changed, expectProblem, FILES, loadFiles, problemsOf } from './cluster-files.ts';

const problem = (from: string, to: string, says: string | RegExp) =>
  expectProblem('haproxy.cfg', from, to, says);

describe('listeners for UDP', () => {
  test.each([
    ['bind ▶udp@198.18.1.100:53', 'udp@198.18.1.100:53'],
    ['bind ▶udp4@:53', 'udp4@:53'],
    ['bind ▶198.18.1.100:80,udp6@:::53', 'udp6@:::53'],
    ['dgram-bind ▶198.18.1.100:53', '198.18.1.100:53'],
  ])('%s', (to, listener) =>
    problem(
      'bind 198.18.1.100:80',
      to,
      `'${listener}' is a UDP listener: HAProxy balances TCP and HTTP only`,
    ),
  );

  test('of a log-forward section are what it is for', async () => {
    const text = 'log-forward in\n  dgram-bind 127.0.0.1:514\n  bind udp@127.0.0.1:514\n  log global\n';
    await loadFiles({ ...FILES, 'haproxy.cfg': `${FILES['haproxy.cfg']}${text}` });
  });

  test('a server by UDP', () => problem('203.0.113.21:8080', '▶udp@203.0.113.21:8080', /is a UDP server/));
});

describe('servers', () => {
  test.each([
    ['▶:8080', "server 'web1' has a port but no address: write it like 'server web1 198.18.1.21:80'"],
    ['▶8080', "server 'web1' has a port but no address"],
  ])('an address that is only a port: %s', (to, says) => problem('203.0.113.21:8080', to, says));

  test('a parameter instead of an address', () =>
    problem('203.0.113.21:8080 check', '▶check', "server 'web1' has no address before 'check'"));

  test('no address at all', () =>
    problem('server web2 203.0.113.22:8080 check', '▶server web2', 'server needs a name and an address'));

  test.each([
    '203.0.113.22',
    '/run/web.sock',
    'unix@/run/web.sock',
    'web2:8080',
    '[2001:db8::1]:80',
    `"\${WEB}"`,
  ])('an address that HAProxy takes: %s', async (address) => {
    const [cluster] = await loadFiles(changed('haproxy.cfg', '203.0.113.22:8080', address));
    expect(cluster!.members[0]!.haproxy).toHaveLength(2);
  });
});

describe('backends', () => {
  test('one that is used and has no server', () =>
    expectProblem(
      'haproxy.cfg',
      'backend web\n  server web1 203.0.113.21:8080 check inter 2s rise 2 fall 5\n  server web2 203.0.113.22:8080 check\n',
      '▶backend web\n  balance roundrobin\n',
      "backend 'web' has no server: whoever is sent there gets an error (503)",
      changed('haproxy.cfg', 'default_backend web', 'default_backend  web'),
    ));

  test('one that is not there', () =>
    problem(
      'default_backend web',
      'default_backend ▶wep',
      "there is no backend 'wep' (did you mean 'web'?); there are web",
    ));

  test('a listen section without servers', () =>
    problem('frontend web', '▶listen x\n  bind :81\nfrontend web', "listen 'x' has no server"));

  test.each([
    'backend spare\n  balance roundrobin\n',
    'listen stats\n  bind :8404\n  stats enable\n',
    'listen sorry\n  bind :81\n  http-request return status 200 string "sorry"\n',
    'listen gone\n  bind :81\n  redirect location /\n',
    'listen many\n  bind :81\n  server-template w 3 203.0.113.21:80\n',
    'frontend alive\n  bind :81\n  monitor-uri /alive\n',
    'frontend chosen\n  bind :81\n  use_backend %[path]\n',
  ])('nothing is wrong with %j', async (section) => {
    expect(await problemsOf({ ...FILES, 'haproxy.cfg': `${FILES['haproxy.cfg']}${section}` })).toEqual([]);
  });
});

test.each(['udp', 'log', 'health'])('mode %s', (mode) =>
  problem('mode http', `mode ▶${mode}`, `mode '${mode}' balances nothing: it is tcp or http`),
);

test('a value that HAProxy would refuse', () => problem('inter 2s', 'inter ▶soon', /^inter must be a time/));

test('what is not followed is let be, without servers to count on', async () => {
  const [cluster] = await loadFiles(changed('haproxy.cfg', 'inter 2s', 'inter "$INTER"'));
  expect(cluster!.members[0]).not.toHaveProperty('haproxy');
  expect(checkHaproxy('.if defined(X)\nglobal\n.endif\n', 'f').problems).toEqual([]);
});

test('a node that is in no cluster is checked as well', async () => {
  const files = changed(
    't.clab.yml',
    'client: {}',
    'client: {binds: ["other.cfg:/etc/haproxy/haproxy.cfg"]}',
  );
  const found = await problemsOf({ ...files, 'other.cfg': 'listen x\n  bind udp@:53\n' });
  expect(found).toEqual([
    "other.cfg:1:1 listen 'x' has no server: whoever is sent there gets an error (503)",
    expect.stringMatching(/^other\.cfg:2:8 'udp@:53' is a UDP listener/),
  ]);
});
