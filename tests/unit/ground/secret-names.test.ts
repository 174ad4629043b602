import { expect, it } from 'vitest';
import { isSecretName } from '../../../harness/ground/secret-names.ts';

it.each([
  ...[
    'password',
    'passwd',
    'DB_PASSWORD',
    'authPass',
    'auth_pass',
    'GITHUB_TOKEN',
    'github-token',
    'API_KEY',
  ],
  ...['AWS_SECRET_ACCESS_KEY', 'shared_secret', 'insecure-password', 'pgPassword', 'SMTP_PWD', 'credentials'],
  ...['ssh.passphrase', 'ROOT_PASSWORD_FILE', 'token2_key2'],
])('%s is the name of a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

it.each([
  ...[
    'TOKEN_MS',
    'token',
    'pass',
    'key',
    'PASS_COUNT',
    'bypass',
    'KEYBOARD',
    'ADVERT_INT',
    'token_coefficient',
    '',
  ],
  ...['authoritative', 'monkey', 'compass', 'HOSTNAME', '---'],
])('%s is not', (name) => {
  expect(isSecretName(name)).toBe(false);
});
