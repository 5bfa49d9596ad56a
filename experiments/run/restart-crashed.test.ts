import { afterAll, expect, test } from 'bun:test'
import type { ServerChild } from '../../lab/processes/child.ts'
import { restartCrashed } from './restart-crashed.ts'

let deaths = 0
const board = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: () => {
    const processes = [
      { kind: 'api', injected: deaths },
      { kind: 'worker', injected: 9 },
    ]
    return Response.json({ faults: [{ name: 'crash', processes }] })
  },
})
afterAll(() => void board.stop(true))
const chaos = { url: board.url.origin, token: 'token' }

/** A server that ends when the test says so; what starts instead is the next of them. */
function servers(...names: string[]) {
  const all = names.map((name) => ({ name, ended: Promise.withResolvers<number>() }))
  const started: string[] = []
  const server = (index: number): ServerChild => {
    const { name, ended } = all[index] ?? {}
    const again = async () => {
      if (index + 1 === all.length) throw new Error('the port is in use')
      return server(index + 1)
    }
    return { name, exited: ended?.promise, again } as ServerChild
  }
  const { signal, abort } = aborter()
  const restarted = ({ name }: ServerChild) => void started.push(name)
  const watching = restartCrashed(server(0), { kind: 'api', chaos, signal, restarted })
  const end = (name: string) => all.find((one) => one.name === name)?.ended.resolve(137)
  return { abort, end, started, watching }
}

function aborter() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

test('what a fault has ended is started again, what ends otherwise is not', async () => {
  deaths = 1
  const { end, started, watching } = servers('first', 'second', 'third')
  end('first')
  end('second')
  await watching
  expect(started).toEqual(['second'])
})

test('nothing is started once it is stopped for good', async () => {
  deaths = 1
  const { abort, end, started, watching } = servers('first', 'second')
  abort()
  end('first')
  await watching
  expect(started).toEqual([])
})

test('one that does not start is left', async () => {
  deaths = 1
  const { end, started, watching } = servers('first')
  end('first')
  await watching
  expect(started).toEqual([])
})
