/** Words of a name that say what it names is secret, wherever they are in it. */
const SECRET = /^(?:passw(?:or)?ds?|passwds?|passphrases?|passcode|pwd|secrets?|credentials?)$/;
/** Words that say so at the end of a name of several: `API_KEY`, but not `TOKEN_MS`, nor corosync's `token`. */
const SECRET_AT_END = /^(?:pass|key|token|auth|psk)\d*$/;

/**
 * Whether a variable's, option's or attribute's name says that its value is secret: `DB_PASSWORD`, `authPass`,
 * `github-token`, `shared_secret`.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  return words.some((word) => SECRET.test(word)) || (words.length > 1 && SECRET_AT_END.test(last));
}

function wordsOf(name: string): string[] {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}
