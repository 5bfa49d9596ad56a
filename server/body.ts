import { MIMEType } from 'node:util'
import { definite, problemsOf } from './problem.ts'

/** Bytes; the largest order has about two thousand. */
export const bodyBytesMax = 64 * 1024

/** Why a body is not read, in each process alike. */
export const bodyProblems = {
  ...definite(413, {
    'payload-too-large': { title: 'The body is too large', doc: 'A body may have 64 KiB.' },
  }),
  ...definite(415, {
    'unsupported-media-type': {
      title: 'The body must be application/json, in UTF-8',
      doc: 'Send `content-type: application/json`, with no other `charset` than `utf-8`.',
    },
    'unsupported-content-coding': {
      title: 'The body must not be compressed',
      doc: 'Send it without `content-encoding`; `accept-encoding` of the answer repeats that.',
    },
  }),
}

export class BodyProblem extends problemsOf(bodyProblems) {}

/** The spellings that nearly every client uses, which need no parser. */
const usualTypes = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
])

/**
 * Judges a body by its headers, before a byte of it is read.
 * @throws BodyProblem
 */
export function assertReadable(headers: Headers): void {
  const coding = headers.get('content-encoding')
  if (coding !== null && !/^\s*(identity)?\s*$/i.test(coding)) {
    throw new BodyProblem('unsupported-content-coding', { field: 'Content-Encoding' })
  }
  const type = headers.get('content-type')
  if (!usualTypes.has(type ?? '') && !isJson(type)) {
    throw new BodyProblem('unsupported-media-type', { field: 'Content-Type' })
  }
  if (Number(headers.get('content-length')) > bodyBytesMax) throw tooLarge()
}

function isJson(type: string | null): boolean {
  try {
    const { essence, params } = new MIMEType(type ?? '')
    const charset = params.get('charset')
    return essence === 'application/json' && (charset === null || /^utf-?8$/i.test(charset))
  } catch {
    return false
  }
}

/**
 * The text of a body, to its end. A declared length is judged without a stream, which would cost
 * the hot path; only a body of unknown length is counted.
 * @returns settled already where the body has come with its head
 * @throws BodyProblem `payload-too-large`
 */
export function readText(request: Request): Promise<string> {
  const { headers } = request
  const isDeclared = headers.has('content-length') && !headers.has('transfer-encoding')
  return isDeclared ? request.text() : counted(request.body)
}

async function counted(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

const tooLarge = () => new BodyProblem('payload-too-large', { field: 'body' })
