import fc from 'fast-check';

/**
 * keepalived.conf files that keepalived takes, many of them with values that it takes otherwise than written. Their
 * interfaces are `in` and `out`; their config-id is `west`.
 */
export const keepalivedConfs: fc.Arbitrary<string> = fc
  .record({
    globals: fc.option(globalDefs(), { nil: '' }),
    scripts: fc.array(script(), { maxLength: 2 }),
    files: fc.array(trackFile(), { maxLength: 1 }),
    processes: fc.array(trackProcess(), { maxLength: 1 }),
    instances: fc.array(instance(), { minLength: 1, maxLength: 3 }),
    group: fc.option(group(), { nil: '' }),
    layout: fc.constantFrom('plain', 'brace', 'comments', 'one'),
    first: fc.boolean(),
  })
  .map(({ globals, scripts, files, processes, instances, group, layout, first }) => {
    const named = instances.map((lines, at) => `vrrp_instance I${at} {\n${lines.join('\n')}\n}`);
    const defined = [
      ...scripts.map((lines, at) => `vrrp_script s${at} {\n${lines.join('\n')}\n}`),
      ...files.map((lines, at) => `track_file f${at} {\n${lines.join('\n')}\n}`),
      ...processes.map((lines, at) => `vrrp_track_process p${at} {\n${lines.join('\n')}\n}`),
    ];
    const parts = first ? [globals, ...defined, ...named, group] : [...defined, group, ...named, globals];
    return laidOut(parts.filter((part) => part !== '').join('\n'), layout);
  });

function laidOut(text: string, layout: string): string {
  if (layout === 'brace') return text.replaceAll(' {\n', '\n{\n');
  if (layout === 'comments') {
    return text.replaceAll('\n', ' # a { comment }\n').replace('vrrp_instance', '! another "\nvrrp_instance');
  }
  return layout === 'one' ? text.replaceAll(/\{\n([^{}\n]*)\n\}/g, '{ $1 }') : text;
}

const SCRIPT_USER = 'script_user root\nenable_script_security';

function globalDefs(): fc.Arbitrary<string> {
  const line = fc.oneof(
    fc.constantFrom(
      'vrrp_version 2',
      'vrrp_version 3',
      'vrrp_version 4',
      'vrrp_down_timer_adverts 5',
      'router_id r1',
    ),
    fc.constantFrom(
      'vrrp_down_timer_adverts 200',
      'notification_email {\nroot@localhost\n}',
      'vrrp_garp_interval 0.1',
    ),
  );
  return fc
    .array(line, { maxLength: 3 })
    .map((lines) => `global_defs {\n${[SCRIPT_USER, ...lines].join('\n')}\n}`);
}

function script(): fc.Arbitrary<string[]> {
  const line = fc.oneof(
    fc.constantFrom(
      'interval 2',
      'interval 0.5',
      'interval 3s',
      'interval 0',
      'interval 1.2345',
      'timeout 3',
      'timeout 0',
    ),
    fc.constantFrom(
      'weight 20',
      'weight -30',
      'weight 300',
      'weight 5 reverse',
      'rise 2',
      'rise 0',
      'fall 3',
      'fall x',
    ),
    fc.constantFrom('init_fail', 'user root', 'wieght 7'),
  );
  return fc.array(line, { maxLength: 5 }).map((lines) => ['script "/usr/bin/true"', ...lines]);
}

function trackFile(): fc.Arbitrary<string[]> {
  const line = fc.constantFrom('weight 2', 'weight -3 reverse', 'weight 400', 'init_file 0');
  return fc
    .array(line, { maxLength: 2 })
    .map((lines) => ['file /tmp/hadrill-tracked', 'init_file 0', ...lines]);
}

function trackProcess(): fc.Arbitrary<string[]> {
  const line = fc.constantFrom(
    ...[
      'weight -20',
      'weight 254',
      'quorum 2',
      'quorum 0',
      'delay 1.5',
      'terminate_delay 0.25',
      'fork_delay 2',
    ],
    'full_command',
  );
  return fc.array(line, { maxLength: 4 }).map((lines) => ['process keepalived', ...lines]);
}

function group(): fc.Arbitrary<string> {
  const line = fc.constantFrom(
    'track_script {\ns0\n}',
    'track_interface {\nout weight 5\n}',
    'global_tracking',
    'smtp_alert',
  );
  return fc
    .array(line, { maxLength: 2 })
    .map((lines) => `vrrp_sync_group G {\ngroup {\nI0\nI1 nobody\n}\n${lines.join('\n')}\n}`);
}

function instance(): fc.Arbitrary<string[]> {
  return fc
    .record({
      vrid: fc.integer({ min: 1, max: 255 }),
      six: fc.boolean(),
      lines: fc.array(instanceLine(), { maxLength: 9 }),
      addresses: fc.integer({ min: 1, max: 3 }),
      at: fc.nat(9),
      interface: fc.constantFrom(
        'interface in',
        'interface "in"',
        '@west interface in',
        '@^west interface no\ninterface in',
      ),
      id: fc.constantFrom('virtual_router_id', '$ID=virtual_router_id\n$ID', `$V=virtual\n\${V}_router_id`),
    })
    .map((one) => {
      const list = Array.from({ length: one.addresses }, (_, at) =>
        one.six
          ? `2001:DB8:0::${at + 1}/64 dev in`
          : `198.18.${one.vrid}.${at + 1}/24${at % 2 ? ' dev out no_track' : ''}`,
      );
      const body = [one.interface, `${one.id} ${one.vrid}`, ...one.lines];
      body.splice(Math.min(one.at, body.length), 0, `virtual_ipaddress {\n${list.join('\n')}\n}`);
      return body;
    });
}

function instanceLine(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('state MASTER', 'state BACKUP', 'state EQUAL', 'state master'),
    fc.constantFrom(
      'priority 1',
      'priority 254',
      'priority 255',
      'priority 256',
      'priority 0x64',
      'priority 50 # low',
    ),
    fc.constantFrom(
      'advert_int 1',
      'advert_int 0.3',
      'advert_int 1.5',
      'advert_int 60',
      'advert_int 0.015',
      'advert_int 300',
    ),
    fc.constantFrom('advert_int .5', 'advert_int 2s', 'advert_int 2.4999999', 'advert_int 254.7'),
    fc.constantFrom('version 2', 'version 3', 'version 4'),
    fc.constantFrom('nopreempt', 'preempt', 'preempt_delay 5', 'preempt_delay 2.5', 'preempt_delay 2000000'),
    fc.constantFrom(
      'down_timer_adverts 4',
      'down_timer_adverts 0',
      'strict_mode off',
      'garp_master_delay 60',
    ),
    fc.constantFrom(
      'authentication {\nauth_type PASS\nauth_pass "s3c#r!t"\n}',
      'authentication {\nauth_type PASS\n}',
    ),
    fc.constantFrom('track_script {\ns0\ns1 weight -7\nnone\n}', 'track_script {\ns0 weight 9 reverse\n}'),
    fc.constantFrom(
      'track_interface {\nout\n}',
      'track_interface {\nout weight -10\nin\n}',
      'dont_track_primary',
    ),
    fc.constantFrom(
      'track_file {\nf0 weight 3\n}',
      'track_process {\np0\n}',
      'track_process {\np0 weight 6\n}',
    ),
    fc.constantFrom('unicast_src_ip 198.18.1.2', 'unicast_peer {\n198.18.1.3\n198.18.1.4\n198.18.1.3\n}'),
    fc.constantFrom(
      'virtual_ipaddress_excluded {\n203.0.113.9 dev out\n2001:db8::99/64 dev in\n}',
      'pirority 7',
    ),
    fc.constantFrom('virtual_routes {\n203.0.113.128/25 dev out\n}', 'nonsense {', '@east priority 9'),
    fc.constantFrom(
      '~SEQ(N, 1, 3) priority 10$N',
      '~LST(P, 7, 8, 9) priority $P',
      '$M=priority 33 \\\nnopreempt\n\n$M',
    ),
  );
}
