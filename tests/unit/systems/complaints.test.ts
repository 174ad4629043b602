import { expect, test } from 'vitest';
import { complaintsOf } from '../../../harness/systems/complaints.ts';

const said = (stderr: string, path: string, stdout = '') => complaintsOf({ stdout, stderr, status: 1 }, path);

test("haproxy's, with the lines of the file", () => {
  const words = `[NOTICE]   (44) : haproxy version is 3.0.11-1+deb13u4
[NOTICE]   (44) : path to executable is /usr/sbin/haproxy
[WARNING]  (44) : config : missing timeouts for backend 'b'.
[ALERT]    (44) : config : parsing [/etc/haproxy/haproxy.cfg:8] : unknown keyword 'dgram-bind' in 'frontend' section
[ALERT]    (44) : config : [/etc/haproxy/haproxy.cfg:10] : 'server b/s' : invalid value 0 for argument 'inter' of server s..
[ALERT]    (44) : config : Proxy 'f': unable to find required default_backend: 'g'.
[ALERT]    (44) : config : Error(s) found in configuration file : /etc/haproxy/haproxy.cfg
[ALERT]    (44) : config : Fatal errors found in configuration.
`;
  expect(said(words, '/etc/haproxy/haproxy.cfg')).toEqual([
    { message: "unknown keyword 'dgram-bind' in 'frontend' section", line: 8 },
    { message: "'server b/s' : invalid value 0 for argument 'inter' of server s.", line: 10 },
    { message: "Proxy 'f': unable to find required default_backend: 'g'." },
  ]);
  const nothing = 'Configuration file has no error but will not start (no listener) => exit(2).\n';
  expect(said('', '/etc/haproxy/haproxy.cfg', nothing)).toEqual([{ message: nothing.trim() }]);
});

test("corosync's", () => {
  const path = '/etc/corosync/corosync.conf';
  const parser = `parser error: ${path}:5: Value of key "totem.token" is expected to be integer in range (0..4294967295), but "1000ms" was given
Nov 28 03:56:57.206 error   [MAIN  ] Corosync Cluster Engine exiting with status 8 at main.c:1428.
`;
  expect(said(parser, path)).toEqual([
    {
      message:
        'Value of key "totem.token" is expected to be integer in range (0..4294967295), but "1000ms" was given',
      line: 5,
    },
  ]);
  const name = `Nov 28 03:56:57.106 warning [MAIN  ] Please migrate config file to nodelist.
Nov 28 03:56:57.206 error   [MAIN  ] failed to parse node address 'nosuch'
Nov 28 03:56:57.206 error   [MAIN  ] Corosync Cluster Engine exiting with status 8 at main.c:1428.
`;
  expect(said(name, path)).toEqual([{ message: "failed to parse node address 'nosuch'" }]);
});

test("crm_verify's: what follows from another complaint is left out where there is one", () => {
  const words = `warning: Support for the Slave role is deprecated and will be removed in a future release.
IDREF attribute rsc references an unknown ID "nope"

Element configuration failed to validate content

error: CIB did not pass schema validation
Configuration invalid (with errors)
`;
  expect(said(words, '/etc/pacemaker/cib.xml')).toEqual([
    { message: 'IDREF attribute rsc references an unknown ID "nope"' },
  ]);
  expect(said(words.replace(/IDREF.*/, ''), '/etc/pacemaker/cib.xml')).toEqual([
    { message: 'Element configuration failed to validate content' },
  ]);
});

test('a daemon that said nothing', () => {
  expect(said('', '/etc/pacemaker/cib.xml')).toEqual([{ message: 'ended with status 1, without a message' }]);
});

test("BIRD's, which names line and column", () => {
  const path = '/etc/bird/bird.conf';
  expect(said(`bird: ${path}:3:2 syntax error, unexpected CF_SYM_UNDEFINED\n`, path)).toEqual([
    { message: 'syntax error, unexpected CF_SYM_UNDEFINED', line: 3 },
  ]);
});
