const HEADER_BYTES = 8;

/**
 * The end of what the engine sends of a container's log: pieces with a header of 8 bytes, whose last 4 are the length of
 * what follows (Docker Engine API, "Attach to a container", stream format). However much comes, and however long its
 * pieces are, no more than `most_bytes` is held.
 */
export class LogTail {
  readonly #most_bytes: number;
  #header = Buffer.alloc(0);
  /** What is still to come of the piece under way. */
  #left = 0;
  #kept: Buffer[] = [];
  #kept_bytes = 0;

  constructor(most_bytes: number) {
    this.#most_bytes = most_bytes;
  }

  take(data: Buffer): void {
    let rest = data;
    while (rest.length > 0) {
      if (this.#left === 0) {
        rest = this.#takeHeader(rest);
        continue;
      }
      const content = rest.subarray(0, this.#left);
      this.#left -= content.length;
      this.#keep(content);
      rest = rest.subarray(content.length);
    }
  }

  /** Of a line whose beginning is not held, the end. */
  text(): string {
    return Buffer.concat(this.#kept).subarray(-this.#most_bytes).toString();
  }

  #takeHeader(data: Buffer): Buffer {
    const missing = HEADER_BYTES - this.#header.length;
    this.#header = Buffer.concat([this.#header, data.subarray(0, missing)]);
    if (this.#header.length === HEADER_BYTES) {
      this.#left = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    return data.subarray(missing);
  }

  #keep(content: Buffer): void {
    this.#kept.push(content);
    this.#kept_bytes += content.length;
    // Seldom, or each byte would be copied many times.
    if (this.#kept_bytes <= 2 * this.#most_bytes) return;
    this.#kept = [Buffer.from(Buffer.concat(this.#kept).subarray(-this.#most_bytes))];
    this.#kept_bytes = this.#most_bytes;
  }
}
