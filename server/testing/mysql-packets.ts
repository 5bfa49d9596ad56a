const commandQuery = 3

/** The statements of a chunk; none where it is another command. */
export function textsOf(chunk: Buffer): string[] {
  if (chunk[4] !== commandQuery) return []
  // MySQL's own protocol has two bytes before the text: no attributes, in one set.
  return chunk.toString('latin1', chunk[5] === 0 ? 7 : 5).split(';\n')
}

/**
 * Says of each chunk whether the answer is whole with it: of statements sent together the first is
 * answered before the last is run.
 */
export function answerReader(): (chunk: Buffer) => boolean {
  let answer = Buffer.alloc(0)
  return (chunk) => {
    answer = Buffer.concat([answer, chunk])
    return isWhole(answer)
  }
}

/** Whether the last statement has been answered: its packet announces no further result. */
function isWhole(answer: Buffer): boolean {
  let last: Buffer | undefined
  for (let at = 0; at < answer.length; ) {
    const end = at + 4 < answer.length ? at + 4 + answer.readUIntLE(at, 3) : Infinity
    if (end > answer.length) return false
    last = answer.subarray(at + 4, end)
    at = end
  }
  const kind = last?.[0]
  if (!last || kind === undefined) return false
  if (kind === packetKinds.error) return true
  if (kind === packetKinds.end) return (last.readUInt16LE(3) & moreResults) === 0
  if (kind !== packetKinds.ok) return false
  // Two counts come before the status.
  const insertIdAt = 1 + lengthOfCount(last, 1)
  const statusAt = insertIdAt + lengthOfCount(last, insertIdAt)
  return (last.readUInt16LE(statusAt) & moreResults) === 0
}

const packetKinds = { ok: 0x00, end: 0xfe, error: 0xff }

/** Bytes of a length-encoded integer of the protocol. */
const lengthOfCount = (packet: Buffer, at: number): number =>
  new Map([
    [0xfc, 3],
    [0xfd, 4],
    [0xfe, 9],
  ]).get(packet[at] ?? 0) ?? 1

/** An error packet of the protocol: length, sequence number, 0xff, errno, state and text. */
export function refusalOf(errno: number, before: number): Buffer {
  const text = Buffer.from('#HY000refused by the test')
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), text])
  return Buffer.concat([Buffer.from([body.length, 0, 0, before + 1]), body])
}

/** What the server says of writes that were sent before: one row each, and more to come. */
export const okays = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    Buffer.from([7, 0, 0, index + 1, 0, 1, 0, moreResults, 0, 0, 0]),
  )

const moreResults = 8
