const FACTORS: Record<string, number> = {
  b: 1,
  kb: 1000,
  kib: 1024,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
};

/** `512MB`, `1.5gib` or a bare number, in bytes (containerlab manual, nodes: memory). Undefined for anything else. */
export function parseByteSize(size: string | number): number | undefined {
  const match = /^\s*(\d+(?:\.\d*)?)\s*([a-z]*)\s*$/i.exec(String(size));
  const factor = FACTORS[(match?.[2] || 'b').toLowerCase()];
  return match && factor !== undefined ? Math.floor(Number(match[1]) * factor) : undefined;
}
