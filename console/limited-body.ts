/** What answers may still carry. */
export interface Budget {
  bytes: number
}

/** The body, or null as soon as it is larger than what is left. */
export async function limitedBody(
  answer: Response,
  budget: Budget,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body ?? []) {
    budget.bytes -= chunk.byteLength
    // Leaving the loop cancels the rest.
    if (budget.bytes < 0) return null
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
