import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { findSources } from '../../../tools/lint/sources.ts';

test('files are linted by their language, whatever their names', async () => {
  const { python, shell, dockerfiles, workflows } = await findSources(PACKAGE_ROOT);
  expect(python).toEqual(
    expect.arrayContaining(['images/fabric/agent/fabricd.py', 'images/network-node/metadata-agent']),
  );
  expect(shell).toEqual(
    expect.arrayContaining([
      '.ci/run',
      'harness/setup/bootstrap.sh',
      'images/base/hadrill/boot',
      'images/dhcp-client/dhcp-client/note-event',
      'images/router/sv/keepalived/run',
    ]),
  );
  expect(dockerfiles).toContain('images/fabric/Dockerfile');
  expect(workflows).toContain('.github/workflows/ci.yml');
  expect([...python, ...shell]).not.toContain('images/base/hadrill/render');
});
