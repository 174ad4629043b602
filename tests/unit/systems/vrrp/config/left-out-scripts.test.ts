import { expect, test } from 'vitest';
import { leftOutScripts, lineOfScript } from '../../../../../harness/systems/vrrp/config/left-out-scripts.ts';

/** Of keepalived 2.3.3, with and without enable_script_security. */
const SAID = `(/tmp/k.conf: Line 24) (A) something else
Disabling track script sh_link due to insecure
Disabling track script gone since not found/accessible
(/tmp/k.conf: Line 9) Unable to set default user for vrrp script world - removing
(/tmp/k.conf: Line 28) (A) track script world not found, ignoring...
SECURITY VIOLATION - scripts are being executed but script_security not enabled. There are insecure scripts.
`;

test('check scripts that keepalived leaves out, each with its reason', () => {
  const found = leftOutScripts(SAID);
  expect(found.map(({ name }) => name)).toEqual(['sh_link', 'gone', 'world']);
  expect(found[0]!.why).toContain('symbolic link');
  expect(found[1]!.why).toContain('does not find it');
  expect(found[2]!.why).toContain('script_user');
  expect(leftOutScripts('')).toEqual([]);
});

test('where the file defines it', () => {
  const conf = 'global_defs {\n}\nvrrp_script  chk_a{\n}\n  vrrp_script chk {\n}\n';
  expect(lineOfScript(conf, 'chk')).toBe(5);
  expect(lineOfScript(conf, 'chk_a')).toBe(3);
  expect(lineOfScript(conf, 'other')).toBeUndefined();
});
