import { describe, expect, test } from 'vitest';
import { changed, expectNote, expectProblem, FILES, notesOf, problemsOf } from './cluster-files.ts';

const problem = (from: string, to: string, says: string | RegExp, files = FILES) =>
  expectProblem('cib.xml.template', from, to, says, files);

test('XML that is none', () =>
  problem('</resources>', '▶</resource>', /^XML: Missing end tag for element resources/));

test('XML that is not a CIB', async () => {
  expect(await problemsOf({ ...FILES, 'cib.xml.template': '<cib>\n</cib>\n' })).toEqual([
    'cib.xml.template:1:1 <cib> has no <configuration>',
  ]);
});

test('an id twice', () => problem('<op id="vip-monitor"', '▶<op id="vip-ip"', "id 'vip-ip' is there twice"));

describe('constraints on what is not there', () => {
  test('a colocation', () =>
    problem(
      '<rsc_colocation id="haproxy-with-vip" rsc="haproxy" with-rsc="vip"',
      '▶<rsc_colocation id="haproxy-with-vip" rsc="haproxy" with-rsc="vipp"',
      "colocation 'haproxy-with-vip' names a resource 'vipp' that is not there (did you mean 'vip'?); there are vip, haproxy",
    ));

  test('an order', () =>
    problem(
      '<rsc_order id="vip-before-haproxy" first="vip"',
      '▶<rsc_order id="o" first="web"',
      /^order 'o' names a resource 'web'/,
    ));

  test('a location', () =>
    problem(
      '</constraints>',
      '▶<rsc_location id="l" rsc="web" node="lb1" score="INFINITY"/></constraints>',
      "location 'l' names a resource 'web'",
    ));

  test('a set', () =>
    problem(
      '</constraints>',
      '<rsc_order id="o"><resource_set id="s"><resource_ref id="vip"/>▶<resource_ref id="web"/></resource_set></rsc_order></constraints>',
      "order 'o' names a resource 'web'",
    ));
});

describe('monitors', () => {
  const OP = `<op id="haproxy-monitor" name="monitor" interval="\${MONITOR}" timeout="5s"/>`;
  const never = "'haproxy' is never monitored, so Pacemaker never sees it fail: an operation like <op";

  test.each([
    '',
    '<op id="x" name="start" interval="1s"/>',
    '<op id="x" name="monitor"/>',
    '<op id="x" name="monitor" interval="0"/>',
    '<op id="x" name="monitor" interval="1s" enabled="false"/>',
  ])('never: %s', (op) =>
    expectNote(
      'cib.xml.template',
      '<primitive id="haproxy"',
      '▶<primitive id="haproxy"',
      never,
      changed('cib.xml.template', OP, op),
    ),
  );

  test('one of two is enough', async () => {
    const other = '<op id="x" name="monitor" interval="0"/>';
    expect(await notesOf(changed('cib.xml.template', OP, OP + other))).toEqual([]);
  });

  test.each([
    [
      'interval="1s" timeout="soon"',
      "'soon' is not a Pacemaker timeout: Pacemaker takes its default of 20 s",
    ],
    ['interval="1s" timeout="PT5S"', "'PT5S' is not a Pacemaker timeout"],
  ])('a time that is none: %s', (times, says) =>
    expectNote(
      'cib.xml.template',
      OP,
      `▶<op id="x" name="monitor" ${times}/>`,
      `monitor of 'haproxy': ${says}`,
    ),
  );

  test('an interval that is none, and so no monitor', async () => {
    const soon = '<op id="x" name="monitor" interval="soon"/>';
    expect(await notesOf(changed('cib.xml.template', OP, soon))).toEqual([
      expect.stringContaining("'haproxy' is never monitored"),
      expect.stringContaining("'soon' is not a Pacemaker time: it is not repeated"),
    ]);
  });

  test('two of one name and interval: neither is run', async () => {
    const two = '<op id="x" name="monitor" interval="1s"/><op id="y" name="monitor" interval="1000ms"/>';
    expect(await notesOf(changed('cib.xml.template', OP, two))).toEqual([
      expect.stringContaining("'haproxy' is never monitored"),
      expect.stringContaining('another has the same name and interval: Pacemaker runs neither'),
      expect.stringContaining('another has the same name and interval: Pacemaker runs neither'),
    ]);
  });

  test('a fencing device needs none', async () => {
    const device = '<primitive id="fence" class="stonith" type="fence_dummy"/></resources>';
    expect(await problemsOf(changed('cib.xml.template', '</resources>', device))).toEqual([]);
  });
});

describe('resources that Pacemaker leaves alone', () => {
  const PRIMITIVE = '<primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2">';
  test.each([
    ['target-role', 'Stopped', "'vip' has target-role=Stopped: Pacemaker does not start it"],
    ['is-managed', 'false', "'vip' has is-managed=false: Pacemaker neither starts nor stops it"],
    ['maintenance', 'true', "'vip' has maintenance=true: Pacemaker neither starts nor stops it"],
  ])('%s=%s', (name, value, says) =>
    expectNote(
      'cib.xml.template',
      PRIMITIVE,
      `▶${PRIMITIVE}<meta_attributes id="m"><nvpair id="m-1" name="${name}" value="${value}"/></meta_attributes>`,
      says,
    ),
  );
});

test('a promotable clone of what has no roles', async () => {
  const clone =
    '<clone id="c"><meta_attributes id="m"><nvpair id="m-1" name="promotable" value="true"/></meta_attributes><primitive id="web" class="systemd" type="nginx"><operations><op id="o" name="monitor" interval="1s"/></operations></primitive></clone></resources>';
  expect(await notesOf(changed('cib.xml.template', '</resources>', clone))).toEqual([
    expect.stringContaining("Pacemaker ignores the promotable clone 'c'"),
  ]);
});

describe('options with which nothing is started', () => {
  const OFF = '<nvpair id="cluster-stonith" name="stonith-enabled" value="false"/>';

  test.each(['stop-all-resources', 'maintenance-mode'])('%s', async (name) => {
    const files = changed('cib.xml.template', OFF, `${OFF}<nvpair id="x" name="${name}" value="on"/>`);
    expect(await problemsOf(files)).toEqual([
      expect.stringContaining(`with ${name}=on Pacemaker starts no resource`),
    ]);
  });

  test('fencing without a device', async () => {
    for (const said of ['', OFF.replace('false', 'true')]) {
      expect(await problemsOf(changed('cib.xml.template', OFF, said))).toEqual([
        expect.stringContaining(
          'fencing is on and there is no fencing device, so Pacemaker starts no resource',
        ),
      ]);
    }
    const device = '<primitive id="fence" class="stonith" type="fence_dummy"/></resources>';
    expect(
      await problemsOf(
        changed('cib.xml.template', '</resources>', device, changed('cib.xml.template', OFF, '')),
      ),
    ).toEqual([]);
  });
});

describe('members that can fence', () => {
  const OFF = '<nvpair id="cluster-stonith" name="stonith-enabled" value="false"/>';
  const device = '<primitive id="fence" class="stonith" type="fence_dummy"/></resources>';
  const fencing = changed('cib.xml.template', '</resources>', device, changed('cib.xml.template', OFF, ''));

  test.each([
    ['none is named', '▶<nodes/>', '<nodes> does not name lb1 and lb2: a member'],
    ['one is named', '▶<nodes><node id="1" uname="lb1"/></nodes>', '<nodes> does not name lb2: a member'],
  ])('%s', (_, nodes, says) => expectNote('cib.xml.template', '<nodes/>', nodes, says, fencing));

  test('all are named, or fencing is off: no word', async () => {
    const named = '<nodes><node id="1" uname="lb1"/><node id="2" uname="lb2"/></nodes>';
    expect(await notesOf(changed('cib.xml.template', '<nodes/>', named, fencing))).toEqual([]);
    expect(await notesOf(changed('cib.xml.template', '</resources>', device))).toEqual([]);
  });
});
