import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { agentsOn, isAgentNode } from '../../../harness/systems/neutron/config/neutron-nodes.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import { replaceImages } from '../../../harness/topology/replace-images.ts';
import { shippedImage } from '../../../harness/topology/shipped-image.ts';
import type { Topology } from '../../../harness/topology/topology.ts';

async function load(nodes: string): Promise<Topology> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-topology-'));
  try {
    const file = path.join(folder, 't.clab.yml');
    await writeFile(file, `name: t\ntopology:\n  nodes:\n${nodes}`);
    return await loadTopology(file, { env: {} });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a node that runs another image instead stays what it was', async () => {
  const as_is = await load(
    '    n1: {kind: linux, image: hadrill/neutron-node}\n    vm: {kind: linux, image: i}\n',
  );
  const { topology } = replaceImages(as_is, { 'hadrill/neutron-node': 'my/neutron-node:27' });
  const [n1, vm] = topology.nodes;
  expect(n1).toMatchObject({ image: 'my/neutron-node:27' });
  expect(shippedImage(n1!)).toBe('hadrill/neutron-node');
  expect(agentsOn(n1!)).toContain('neutron-l3-agent');
  expect(vm).toEqual(as_is.nodes[1]);
  // Once more, as a matrix of versions does.
  const again = replaceImages(topology, { 'my/neutron-node:27': 'my/neutron-node:28' }).topology;
  expect(isAgentNode(again.nodes[0]!)).toBe(true);
});

test('a label says what an image of the user’s own is built on', async () => {
  const image = 'kind: linux, image: my/neutron-node';
  const { nodes } = await load(
    `    n1: {${image}}\n    n2: {${image}, labels: {hadrill.built-on: hadrill/neutron-node}}\n`,
  );
  expect(nodes.map(isAgentNode)).toEqual([false, true]);
});
