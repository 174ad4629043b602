import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NodeImage } from '../../../harness/engine/image-of-node.ts';
import { requireModestImages } from '../../../harness/lab/image-capabilities.ts';
import type { TopologyNode } from '../../../harness/topology/topology.ts';

function refusal(asked: string[], cap_add: string[] = []): string | undefined {
  const node = { name: 'r1', image: 'example/router', cap_add } as unknown as TopologyNode;
  const image = { capabilities: asked } as unknown as NodeImage;
  try {
    requireModestImages([node], new Map([['example/router', image]]));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

test('an image is not given what leads out of its container at its own request', () => {
  expect(refusal(['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE'])).toContain(
    "node 'r1': its image example/router asks for SYS_ADMIN, SYS_PTRACE by its label hadrill.capabilities",
  );
  for (const name of ['ALL', 'all', 'CAP_SYS_ADMIN', 'SYS_MODULE', 'DAC_READ_SEARCH', 'BPF', 'SYS_RAWIO'])
    expect(refusal([name]), name).toContain(`asks for ${name} by`);
});

test('the topology may grant it', () => {
  expect(refusal(['SYS_ADMIN'], ['SYS_ADMIN'])).toBeUndefined();
});

test('what the shipped images ask for is given', () => {
  const images = new URL('../../../images/', import.meta.url);
  const asked = readdirSync(images)
    .filter((name) => name !== 'fabric')
    .flatMap((name) => {
      const text = readFileSync(new URL(`${name}/Dockerfile`, images), 'utf8');
      return /LABEL hadrill\.capabilities="([^"]*)"/.exec(text)?.[1]?.split(' ') ?? [];
    });
  expect(asked.length).toBeGreaterThan(5);
  expect(refusal(asked)).toBeUndefined();
});
