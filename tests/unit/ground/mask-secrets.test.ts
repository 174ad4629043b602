import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText } from '../../../harness/ground/clean-text.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { jsonText } from '../../../harness/ground/json-text.ts';
import { keepSecret, maskIn, maskSecrets } from '../../../harness/ground/mask-secrets.ts';

/** `S3CRET` stands for the secret; the second text is what is shown. */
test.each([
  ['        auth_pass S3CRET', '        auth_pass ***'],
  ["unknown keyword in 'auth_pass S3CRET', line 3", "unknown keyword in 'auth_pass ***', line 3"],
  ['auth_pass "S3CRET with blanks" # why', 'auth_pass "***" # why'],
  ['     Password = S3CRET', '     Password = ***'],
  ['$VRRP_PASSWORD=S3CRET', '$VRRP_PASSWORD=***'],
  ['SSL {\n  password S3CRET\n}', 'SSL {\n  password ***\n}'],
  ['  user ann insecure-password S3CRET', '  user ann insecure-password ***'],
  ['user ann password $5$S3CRET/x.y groups g', 'user ann password *** groups g'],
  ['stats auth admin:S3CRET:more', 'stats auth admin:***'],
  ['setenv DB_PASSWORD S3CRET', 'setenv DB_PASSWORD ***'],
  ['presetenv API_KEY "S3CRET x"', 'presetenv API_KEY "***"'],
  ['http-check send hdr Authorization "Basic S3CRET=="', 'http-check send hdr Authorization "Basic ***"'],
  ['Authorization: Bearer S3CRET', 'Authorization: Bearer ***'],
  [String.raw`tcp-check send AUTH\ S3CRET\r\n`, String.raw`tcp-check send AUTH\ ***\r\n`],
  ['<nvpair id="a" name="password" value="S3CRET"/>', '<nvpair id="a" name="password" value="***"/>'],
  ['<nvpair value="S3CRET>x" name="passwd"/>', '<nvpair value="***" name="passwd"/>'],
  ["<nvpair name='token' value='S3CRET'/>", "<nvpair name='token' value='***'/>"],
  ['<nvpair name="shared_secret" value="S3CRET', '<nvpair name="shared_secret" value="***'],
  ['<attributes passwd="S3CRET" ip="198.18.1.1"/>', '<attributes passwd="***" ip="198.18.1.1"/>'],
  ['params ip=198.18.1.1 password=S3CRET op monitor', 'params ip=198.18.1.1 password=*** op monitor'],
  ['    key: S3CRETS3CRETS3CRETS3CRETS3CRETS3CRET==', '    key: ***'],
  ['mysql --user=x --password=S3CRET -e q', 'mysql --user=x --password=*** -e q'],
  ['fence_x --password S3CRET -x', 'fence_x --password *** -x'],
  ['tool --token S3CRET', 'tool --token ***'],
  ['exec: DB_PASSWORD=S3CRET run', 'exec: DB_PASSWORD=*** run'],
  ['a=API_TOKEN=S3CRET token=S3CRET', 'a=API_TOKEN=*** token=***'],
  ['env: { DB_PASSWORD: "S3CRET", N: 1 }', 'env: { DB_PASSWORD: "***", N: 1 }'],
  ['{"token": "S3CRET \\" x", "a": "b"}', '{"token": "***", "a": "b"}'],
  ['    shared_secret = S3CRET', '    shared_secret = ***'],
  ['GET http://ann:S3CRET@198.18.1.1/x', 'GET http://ann:***@198.18.1.1/x'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nS3CRET\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
  ],
])('%j', (text, shown) => {
  expect(maskSecrets(text)).toBe(shown);
  expect(maskSecrets(maskSecrets(text))).toBe(maskSecrets(text));
  expect(cleanText(text)).not.toContain('S3CRET');
  expect(new InputError([{ message: text }]).message).not.toContain('S3CRET');
  expect(jsonText({ text: [text] })).not.toContain('S3CRET');
});

test.each([
  'trial 1: pass',
  'trial 1: pass: 3 of 3',
  'lab/wrong-pass: the address moved',
  'token: 1000',
  'TOKEN_MS=1000 MONITOR=1s',
  'token=1000ms',
  'the members of gw differ in password (auth_pass): r1 has another than r2',
  'PASS l3/node-crash (profile sla, 1 trial, seed 11)',
  "unknown key 'passwd' in env (did you mean 'password'?)",
  '--auth-nocache on',
  'Corosync: token 1 s + consensus 1.2 s',
  'https://example.invalid:8080/a@b',
  'udp.outage_ms: 3.75 s, of 2.80-3.80 s allowed',
  '<nvpair id="x" name="ip" value="198.18.1.1"/>',
])('%j stays', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('values of variables with a secret name are masked wherever they are; what is too short is not looked for', () => {
  keepSecret('hunter2-of-tests');
  keepSecret('1234567');
  keepSecret('abc');
  expect(maskSecrets('mysql -phunter2-of-tests 1234567 abc')).toBe('mysql -p*** 1234567 abc');
});

test('a document keeps its shape; what a secret name leads to is masked', () => {
  const document = {
    env: { DB_PASSWORD: 'x', EMPTY_SECRET: '', TOKEN_MS: '5' },
    list: [1, null, 'auth_pass x'],
  };
  expect(maskIn(document)).toEqual({
    env: { DB_PASSWORD: '***', EMPTY_SECRET: '', TOKEN_MS: '5' },
    list: [1, null, 'auth_pass ***'],
  });
});

test('JSON has no character that a terminal obeys, and reads back the same', () => {
  const document = { 'k\u001b[31m': 'a\u202Eb\u009Bc\u007Fd\u{E0001}e\u2028\n', f: 'größe 🙂' };
  const text = jsonText(document);
  expect(JSON.parse(text)).toEqual(document);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(text).toContain('größe 🙂');
});

describe('a long text takes no longer than it is long', () => {
  const MILLION = 1_000_000;
  const long = (part: string) => part.repeat(MILLION / part.length);
  test.each([
    ...[
      'a',
      'a-',
      '-',
      '--',
      ' ',
      '=',
      'a=',
      'password',
      'password ',
      'password=',
      'password="',
      "'",
      '"',
      ':',
      '://',
    ],
    ...[
      '://a:',
      '<a ',
      '<a "',
      "<nvpair name='",
      '<',
      'stats auth ',
      'user x ',
      'key',
      'key ',
      'a.b',
      '-----BEGIN ',
      'send ',
    ],
    ...['auth_pass ', 'auth_pass "', 'authorization ', '--a ', 'setenv ', '\\', '\n', 'token:"'],
  ])('%j', { timeout: 30_000 }, (part) => {
    const shown = cleanLine(`secret://${long(part)}`);
    expect(shown.length).toBeLessThan(2100);
  });
});
