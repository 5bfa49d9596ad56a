/** Text for passwords and tokens that cannot be guessed: 64 of 0-9 a-f. */
export const randomSecret = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
