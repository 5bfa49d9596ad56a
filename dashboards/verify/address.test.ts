import { describe, expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { refusalOf } from '../testing/refusal.ts'
import { prometheusAddress } from './address.ts'
import { openPrometheus } from './prometheus.ts'

const folder = await scratchFolder()

const upFile = async (text: string) => {
  const path = join(folder, 'up.json')
  await writeFile(path, text)
  return path
}

describe('where Prometheus is', () => {
  test('as given, without a slash at its end', async () => {
    expect(await prometheusAddress('http://127.0.0.1:9090/', '/none')).toBe('http://127.0.0.1:9090')
  })

  test('as ./stampede up wrote it down', async () => {
    const file = await upFile('{"prometheus":"http://127.0.0.1:1234","other":1}')
    expect(await prometheusAddress(undefined, file)).toBe('http://127.0.0.1:1234')
  })

  test.each(['127.0.0.1:9090', 'file:///etc/passwd', ''])('%p is no address', async (given) => {
    expect(await refusalOf(prometheusAddress(given, '/none'))).toMatchObject({ code: 4 })
  })

  test('nothing is up', async () => {
    const refusal = await refusalOf(prometheusAddress(undefined, join(folder, 'none.json')))
    expect(refusal?.code).toBe(3)
    expect(refusal?.text).toContain('./stampede up')
  })

  test.each(['', '{}', 'x', '{"prometheus":null}'])('up.json with %p names none', async (text) => {
    const refusal = await refusalOf(prometheusAddress(undefined, await upFile(text)))
    expect(refusal?.code).toBe(3)
    expect(refusal?.text).toContain('./stampede down')
  })
})

describe('a Prometheus that cannot be asked', () => {
  test('no process listens', async () => {
    const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const { port } = listener
    listener.stop(true)
    const refusal = await refusalOf(openPrometheus(`http://127.0.0.1:${port}`))
    expect(refusal?.code).toBe(3)
    expect(refusal?.text).toContain('--prometheus')
  })

  test('another server listens', async () => {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hello') })
    const refusal = await refusalOf(openPrometheus(`http://127.0.0.1:${server.port}`))
    await server.stop(true)
    expect(refusal?.code).toBe(3)
    expect(refusal?.text).toContain('no answer of a Prometheus')
  })
})
