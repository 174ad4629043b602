import { describe, expect, test } from 'vitest';
import { checkHaproxy } from '../../../../../harness/systems/haproxy/config/check-haproxy.ts';
import {
  changed,
  expectProblem,
  FILES,
  loadFiles,
  loadHaproxies,
  problemsOf,
} from '../../pacemaker/config/cluster-files.ts';

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
  test('no address at all', () =>
    problem('server web2 203.0.113.22:8080 check', '▶server web2', 'server needs a name and an address'));

  test.each([
    '203.0.113.22',
    '/run/web.sock',
    'unix@/run/web.sock',
    'web2:8080',
    // The address that the client asked for.
    ':8080',
    '0.0.0.0:0',
    // Names, of which only the node can tell whether they resolve.
    '8080',
    'check',
    '[2001:db8::1]:80',
    `"\${WEB}"`,
  ])('an address that HAProxy takes: %s', async (address) => {
    const [lb1] = await loadHaproxies(changed('haproxy.cfg', '203.0.113.22:8080', address));
    expect(lb1!.text).toContain(address);
  });
});

describe('backends', () => {
  test('one that is not there', () =>
    problem(
      'default_backend web',
      'default_backend ▶wep',
      "there is no backend 'wep' (did you mean 'web'?); there are web",
    ));

  // Growth by the square would take longer than that.
  test('many that are not there are counted', { timeout: 30_000 }, async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `  use_backend b${at} if { path /${at} }\n`);
    const found = await problemsOf({
      ...FILES,
      'haproxy.cfg': `${FILES['haproxy.cfg']}frontend x\n  bind :82\n${lines.join('')}`,
    });
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toContain('and 19980 more backends that are not there');
  });

  test.each([
    'backend spare\n  balance roundrobin\n',
    'listen stats\n  bind :8404\n  stats enable\n',
    'listen sorry\n  bind :81\n  http-request return status 200 string "sorry"\n',
    'listen gone\n  bind :81\n  redirect location /\n',
    'listen many\n  bind :81\n  server-template w 3 203.0.113.21:80\n',
    'frontend alive\n  bind :81\n  monitor-uri /alive\n',
    'frontend chosen\n  bind :81\n  use_backend %[path]\n',
    // Whoever is sent there gets a 503.
    'frontend any\n  bind :81\n  default_backend nowhere\nbackend nowhere\n  option forwardfor\n',
    'listen x\n  bind :81\n',
    'frontend cached\n  bind :81\n  http-request cache-use c\n  default_backend f\nbackend f\n  use-fcgi-app php\n  server f 198.18.1.60:9000 proto fcgi\nfcgi-app php\n  docroot /srv\ncache c\n  total-max-size 4\n',
    'backend lines\n  mode log\n  server s udp@198.18.1.1:514\n',
    'ring r\n  server a 198.18.1.1:514\npeers p\n  bind :1000\n  server lb1\n',
    'userlist u\n  user a insecure-password b\nmailers m\n  mailer x 198.18.1.1:25\nhttp-errors e\n  errorfile 503 /dev/null\n',
    // What does not count may say anything.
    '.if defined(NOPE)\nfrontend f\n  bind udp@:53\n  default_backend gone\n  timeout check soon\n.endif\n',
    'defaults\n  default_backend gone\n',
  ])('nothing is wrong with %j', async (section) => {
    expect(await problemsOf({ ...FILES, 'haproxy.cfg': `${FILES['haproxy.cfg']}${section}` })).toEqual([]);
  });
});

test('mode udp', () =>
  problem(
    'frontend web',
    'frontend dns\n  bind :53\n  mode ▶udp\nfrontend web',
    "mode 'udp' balances nothing",
  ));

test('no section at all', async () => {
  for (const text of ['', '# nothing\n']) {
    expect(await problemsOf({ ...FILES, 'haproxy.cfg': text })).toEqual([
      'haproxy.cfg:1:1 there is no section in this file: HAProxy does not start without a listener',
    ]);
  }
});

test('where HAProxy has more files, a backend may be in another one', async () => {
  const other = '        - haproxy.cfg:/etc/haproxy/haproxy.cfg:ro\n';
  const files = changed('t.clab.yml', other, `${other}        - haproxy.cfg:/etc/haproxy/conf.d/web.cfg\n`);
  expect(
    await problemsOf(changed('haproxy.cfg', 'default_backend web', 'default_backend other', files)),
  ).toEqual([]);
});

test('a value that HAProxy would refuse', () => problem('inter 2s', 'inter ▶soon', /^inter must be a time/));

test('what is not followed is let be, without servers to count on', async () => {
  const [cluster] = await loadFiles(changed('haproxy.cfg', 'inter 2s', 'inter "$INTER"'));
  expect(cluster!.members[0]).not.toHaveProperty('haproxy');
  expect(checkHaproxy('.if defined(X)\nglobal\n.endif\n', 'f').findings).toEqual([]);
});

test('a node that is in no cluster is checked as well', async () => {
  const files = changed(
    't.clab.yml',
    'client: {}',
    'client: {binds: ["other.cfg:/etc/haproxy/haproxy.cfg"]}',
  );
  const found = await problemsOf({ ...files, 'other.cfg': 'listen x\n  bind udp@:53\n' });
  expect(found).toEqual([expect.stringMatching(/^other\.cfg:2:8 'udp@:53' is a UDP listener/)]);
});
