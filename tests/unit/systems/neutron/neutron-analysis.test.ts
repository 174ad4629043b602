import { expect, test } from 'vitest';
import { neutronAnalysis } from '../../../../harness/systems/neutron/findings/neutron-analysis.ts';
import type {
  NeutronFacts,
  ReplicaLook,
} from '../../../../harness/systems/neutron/findings/neutron-facts.ts';

const replica = (node: string, claimed: string | null, found: ReplicaLook['found']): ReplicaLook => {
  return { when: 'during', router: 'r1', node, claimed, found };
};

function analyse(facts: Partial<NeutronFacts>) {
  const whole = { replicas: [], agents: [], silent: [], ...facts };
  const windows = { fault_ns: 10e9 };
  const evidence = { facts: whole, at: 0, windows, trial: {} } as unknown as Parameters<
    typeof neutronAnalysis.analyse
  >[0];
  return neutronAnalysis.analyse(evidence);
}

test('a claim that is so is not wrong', () => {
  const { metrics, notes } = analyse({
    replicas: [replica('n1', 'active', 'active'), replica('n2', 'standby', 'standby')],
  });
  expect(metrics).toEqual({ 'neutron.wrong_states': 0, 'neutron.single_replicas': 0 });
  expect(notes).toEqual([]);
});

test('a replica that the API has as active and whose node is down is named', () => {
  const { metrics, notes } = analyse({
    replicas: [replica('n1', 'active', 'down'), replica('n2', 'standby', 'active')],
  });
  expect(metrics).toEqual({ 'neutron.wrong_states': 2, 'neutron.single_replicas': 1 });
  expect(notes?.[0]).toContain("router 'r1' on n1 as active right before healing; it was down");
});

test('an agent that is claimed alive and does not run', () => {
  const agent = { when: 'during' as const, node: 'n1', program: 'neutron-l3-agent' };
  expect(analyse({ agents: [{ ...agent, claimed_alive: true, runs: false }] }).metrics).toEqual({
    'neutron.wrong_agents': 1,
  });
  expect(analyse({ agents: [{ ...agent, claimed_alive: false, runs: false }] }).metrics).toEqual({
    'neutron.wrong_agents': 0,
  });
});

test('what could not be asked gives no number, and is said', () => {
  const { metrics, notes } = analyse({ silent: ["Neutron's API does not answer GET agents: timeout"] });
  expect(metrics).toEqual({});
  expect(notes).toHaveLength(1);
});

test('for how long a claim was wrong counts from the fault, and the longest counts', () => {
  const claim = {
    of: 'agent' as const,
    node: 'n1',
    name: 'neutron-l3-agent',
    claimed: 'alive',
    found: 'does not run',
  };
  const { metrics, notes } = analyse({
    wrong: [
      { ...claim, from_ns: 9e9, until_ns: 12e9, open: false },
      { ...claim, node: 'n2', from_ns: 11e9, until_ns: 16e9, open: true },
    ],
  });
  expect(metrics).toEqual({ 'neutron.agent_wrong_ms': 5000, 'neutron.replica_wrong_ms': 0 });
  expect(notes?.[1]).toContain('from 1.0 s after the fault to the end of the trial');
});
