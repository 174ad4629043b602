import { GZIP_ENDING, gzip } from '../ground/gzip.ts';

/** A smaller record is left as it is, to be read without a tool. */
const LEAST_COMPRESSED_BYTES = 128 * 1024;

/** How a record is kept: large ones compressed, and those whose own name would say that they are. */
export function recordFile(name: string, content: Uint8Array): { name: string; content: Uint8Array } {
  const plain = content.length < LEAST_COMPRESSED_BYTES && !name.endsWith(GZIP_ENDING);
  return plain ? { name, content } : { name: `${name}${GZIP_ENDING}`, content: gzip(content) };
}
