import { describe, expect, test } from 'vitest';
import { parseCib } from '../../../../../harness/systems/pacemaker/config/cib.ts';
import {
  repeatedMonitors,
  timeoutMs,
} from '../../../../../harness/systems/pacemaker/findings/pacemaker-bounds.ts';

/** 2026-11-28. */
const NOW_MS = 1_795_824_000_000;

interface Parts {
  operations: string;
  template?: string;
  defaults?: string;
}

/** Interval and timeout of every monitor of resource `a` that Pacemaker repeats while it runs, in ms; why where it is open. */
function monitors({ operations, template, defaults = '' }: Parts): (number | string)[][] {
  const kind = template === undefined ? 'class="ocf" provider="pacemaker" type="Dummy"' : 'template="t"';
  const xml = `<cib><configuration><resources>
    ${template === undefined ? '' : `<template id="t" class="ocf" provider="pacemaker" type="Dummy"><operations>${template}</operations></template>`}
    <primitive id="a" ${kind}>${operations === '' ? '' : `<operations>${operations}</operations>`}</primitive>
    </resources><op_defaults>${defaults}</op_defaults></configuration></cib>`;
  const [primitive] = parseCib(xml, 'cib.xml', NOW_MS).primitives;
  return repeatedMonitors(primitive!.operations).map((one) => [one.interval_ms, one.open ?? timeoutMs(one)]);
}

const op = (more: string, inside = '') => `<op name="monitor" ${more}>${inside}</op>`;
const set = (timeout: string, rule = '', score = '') =>
  `<meta_attributes ${score}>${rule}<nvpair name="timeout" value="${timeout}"/></meta_attributes>`;
const rule = (inside: string, how = 'and') => `<rule boolean-op="${how}">${inside}</rule>`;
const EVERY_3S = op('interval="3s"');
const THREE = (timeout: number | string) => [[3000, timeout]];

// Every expected value is what crm_simulate of Pacemaker 3.0.0 scheduled.
describe('the timeout of a monitor', () => {
  test.each<[string, string, number]>([
    ['nothing', '', 20_000],
    ['a default', set('30s'), 30_000],
    ['of two defaults the last', set('30s') + set('40s'), 40_000],
    ['the higher score', set('40s', '', 'score="20"') + set('30s', '', 'score="10"'), 40_000],
    ['INFINITY is the most', set('7s', '', 'score="-INFINITY"') + set('6s', '', 'score="INFINITY"'), 6000],
    ['#default takes it away', set('#default') + set('33s'), 20_000],
    [
      'a rule about another interval',
      set('90s', rule('<op_expression name="monitor" interval="30s"/>')),
      20_000,
    ],
    [
      'a rule about this interval',
      set('90s', rule('<op_expression name="monitor" interval="3000ms"/>')),
      90_000,
    ],
    ['a rule about another operation', set('90s', rule('<op_expression name="start"/>')), 20_000],
    [
      'a rule about an interval that is none',
      set('90s', rule('<op_expression name="monitor" interval="x"/>')),
      20_000,
    ],
    [
      'a rule about the agent',
      set('90s', rule('<rsc_expression class="ocf" provider="pacemaker"/>')),
      90_000,
    ],
    ['a rule about another agent', set('90s', rule('<rsc_expression type="IPaddr2"/>')), 20_000],
    [
      'either',
      set('90s', rule('<rsc_expression type="IPaddr2"/><op_expression name="monitor"/>', 'or')),
      90_000,
    ],
    [
      'a rule in a rule',
      set(
        '90s',
        rule(
          `${rule('<rsc_expression type="X"/><op_expression name="start"/>', 'or')}<op_expression name="monitor"/>`,
        ),
      ),
      20_000,
    ],
    ['a date long past', set('90s', rule('<date_expression operation="gt" start="2001-01-01"/>')), 90_000],
    ['a date far off', set('90s', rule('<date_expression operation="gt" start="2101-01-01"/>')), 20_000],
    [
      'a range',
      set('90s', rule('<date_expression operation="in_range" start="2001-01-01" end="2101-01-01"/>')),
      90_000,
    ],
    [
      'attributes of nodes are none',
      set('90s', rule('<expression attribute="x" operation="eq" value="y"/>')),
      20_000,
    ],
    ['and so not defined', set('90s', rule('<expression attribute="x" operation="not_defined"/>')), 90_000],
  ])('%s', (_, defaults, timeout) => {
    expect(monitors({ operations: EVERY_3S, defaults })).toEqual(THREE(timeout));
  });

  test.each<[string, string, number]>([
    ['its own attribute', op('interval="3s" timeout="5s"', set('7s')), 5000],
    ['its meta attributes', op('interval="3s"', set('7s')), 7000],
    ['of two sets the last', op('interval="3s"', set('5s') + set('6s')), 6000],
    [
      'within a set the first',
      op(
        'interval="3s"',
        '<meta_attributes><nvpair name="timeout" value="5s"/><nvpair name="timeout" value="6s"/></meta_attributes>',
      ),
      5000,
    ],
    [
      'not its instance attributes',
      op('interval="3s"', '<instance_attributes><nvpair name="timeout" value="7s"/></instance_attributes>'),
      99_000,
    ],
    ['what is not a timeout is 20 s', op('interval="3s" timeout="PT1M"'), 20_000],
  ])('%s', (_, operations, timeout) => {
    expect(monitors({ operations, defaults: set('99s') })).toEqual(THREE(timeout));
  });

  test.each([
    '<date_expression operation="gt" start="2026-11-28 12:00:00"/>',
    '<date_expression operation="date_spec"><date_spec hours="9-16"/></date_expression>',
    '<date_expression operation="in_range" start="2001-01-01"><duration years="40"/></date_expression>',
  ])('by a rule that is not followed: %s', (inside) => {
    const open = 'timeout by the rule in line 4 is not followed';
    expect(monitors({ operations: EVERY_3S, defaults: set('90s', rule(inside)) })).toEqual(THREE(open));
    // What says more, and what is said without a rule, does not need it.
    const own = op('interval="3s" timeout="5s"');
    expect(monitors({ operations: own, defaults: set('90s', rule(inside)) })).toEqual(THREE(5000));
    const later = set('90s', rule(inside)) + set('8s');
    expect(monitors({ operations: EVERY_3S, defaults: later })).toEqual(THREE(8000));
  });
});

describe('which monitors are repeated', () => {
  test.each<[string, string, number[]]>([
    [
      'those that are not turned off',
      op('interval="3s" enabled="false"') + op('interval="4s" enabled="true"'),
      [4000],
    ],
    ['of one name and interval neither', EVERY_3S + op('interval="3000ms"') + op('interval="4s"'), [4000]],
    ['nor where one is turned off', EVERY_3S + op('interval="3s" enabled="0"'), []],
    ['none without an interval', op('interval="0"') + op('interval="soon"'), []],
    [
      'those of what runs',
      ['Started', 'Stopped', 'Promoted', 'Unpromoted', 'Slave']
        .map((role, at) => op(`interval="${at + 1}s" role="${role}"`))
        .join(''),
      [1000],
    ],
    [
      'whatever the depth',
      EVERY_3S +
        op(
          'interval="9s"',
          '<instance_attributes><nvpair name="OCF_CHECK_LEVEL" value="10"/></instance_attributes>',
        ),
      [3000, 9000],
    ],
    [
      'enabled in meta attributes says nothing',
      op('interval="3s"', '<meta_attributes><nvpair name="enabled" value="false"/></meta_attributes>'),
      [3000],
    ],
  ])('%s', (_, operations, intervals) => {
    expect(monitors({ operations }).map(([interval]) => interval)).toEqual(intervals);
  });

  test.each<[string, string, string, number[]]>([
    ['those of a template', '', op('interval="60s"'), [60_000]],
    ['its own instead, whatever the interval', EVERY_3S, op('interval="60s"'), [3000]],
    ['its own instead, though turned off', op('interval="3s" enabled="false"'), op('interval="60s"'), []],
    [
      'both where the roles differ',
      op('interval="3s" role="Stopped"'),
      op('interval="60s"') + op('interval="61s" role="Started"'),
      [60_000, 61_000],
    ],
  ])('%s', (_, operations, template, intervals) => {
    expect(monitors({ operations, template }).map(([interval]) => interval)).toEqual(intervals);
  });
});
