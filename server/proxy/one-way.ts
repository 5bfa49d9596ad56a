import type { Socket } from 'node:net'
import type { DrawnBite, NetworkBite } from '../../chaos/network.ts'
import { waitUntilOver } from '../../chaos/rounds.ts'
import type { Buckets } from './buckets.ts'

/** A wait ends so soon once its fault is over. */
const sliceMs = 20
/** Data that waits; beyond it no more is read from the sender. */
const waitingBytesMax = 256 * 1024
/** A packet, about: data is let through a narrow way in such pieces. */
const pieceBytes = 1460

interface Waiting {
  data: Uint8Array
  bites: DrawnBite[]
  cameAtMs: number
}

/** What becomes of the connection: it loses its data, the server's end, or both ends. */
export type Ending = Extract<NetworkBite['do'], 'lose' | 'half-close' | 'reset'>

interface OneWayOptions {
  from: Socket
  to: Socket
  /** Draws what befalls the next data. */
  draw(): DrawnBite[]
  buckets: Buckets
  /** A bite has ended the connection, or what it carries; nothing more comes this way. */
  onEnding(ending: Ending, isOver: () => boolean): void
}

/**
 * Hands data on in its order, one way of a connection, as the faults let it. Without a fault it is
 * written at once. Where a fault is over, what it held is handed on.
 */
export function startOneWay({ from, to, draw, buckets, onEnding }: OneWayOptions): void {
  const waiting: Waiting[] = []
  let waitingBytes = 0
  let isBusy = false
  let hasEnded = false
  let isLost = false
  /** @param atMs by the monotonic clock */
  const waitUntil = (atMs: number, isOver: () => boolean) =>
    waitUntilOver(atMs - performance.now(), () => isOver() || to.destroyed, sliceMs)

  from.on('data', (data: Uint8Array) => {
    if (isLost) return
    const bites = draw()
    if (bites.length === 0 && !isBusy) return write(data)
    waiting.push({ data, bites, cameAtMs: performance.now() })
    waitingBytes += data.length
    if (waitingBytes > waitingBytesMax) from.pause()
    if (!isBusy) void handOn()
  })
  from.on('end', () => {
    // One that was destroyed here has an end of its own.
    hasEnded = !from.destroyed
    if (hasEnded && !isBusy && !isLost) to.end()
  })
  to.on('drain', () => {
    if (waitingBytes <= waitingBytesMax) from.resume()
  })

  function write(data: Uint8Array): void {
    if (!to.destroyed && !to.write(data)) from.pause()
  }

  async function handOn(): Promise<void> {
    isBusy = true
    for (let next = waiting[0]; next && !to.destroyed && !isLost; next = waiting[0]) {
      await bitten(next)
      if (isLost) break
      waiting.shift()
      waitingBytes -= next.data.length
      if (waitingBytes <= waitingBytesMax && !to.writableNeedDrain) from.resume()
    }
    isBusy = false
    if (hasEnded && !isLost && waiting.length === 0) to.end()
  }

  /** Hands one piece of data on once all that befalls it is over. */
  async function bitten({ data, bites, cameAtMs }: Waiting): Promise<void> {
    for (const { bite, isOver } of bites) {
      if (bite.do === 'delay') await waitUntil(cameAtMs + bite.ms, isOver)
      else if (bite.do === 'hold') await waitUntil(Number.POSITIVE_INFINITY, isOver)
      else if (bite.do !== 'limit') return lose(bite.do, isOver)
    }
    const limits = bites.flatMap(({ bite, ...rest }) =>
      bite.do === 'limit' ? [{ limit: bite, ...rest }] : [],
    )
    if (limits.length === 0) return write(data)
    for (let at = 0; at < data.length && !to.destroyed; at += pieceBytes) {
      const piece = data.subarray(at, at + pieceBytes)
      for (const { limit, of, isOver } of limits) {
        await waitUntil(buckets.take(of, limit, piece.length), isOver)
      }
      write(piece)
    }
  }

  function lose(ending: Ending, isOver: () => boolean): void {
    isLost = true
    waiting.length = 0
    waitingBytes = 0
    from.resume()
    onEnding(ending, isOver)
  }
}
