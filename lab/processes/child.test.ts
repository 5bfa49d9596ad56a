import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { eventually } from '../../server/testing/barrier.ts'
import { scratchSession } from '../testing/scratch.ts'
import { listeningPort, startChild, startServer } from './child.ts'
import { run } from './run.ts'
import { startTime } from './start-time.ts'

const { session } = await scratchSession()

const shell = (script: string) => ['sh', '-c', script]

test.each([
  ['{"listening":8080}', 8080],
  ['{"listening":8080}\r', 8080],
  ['{"listening":"8080"}', null],
  ['listening on 8080', null],
  ['x{"listening":8080}', null],
])('the port in %p is %p', (line, port) => {
  expect(listeningPort(line)).toBe(port)
})

describe('a server child', () => {
  test('is ready when it says so, and stops', async () => {
    const server = await startServer(session, {
      name: 'good',
      command: shell('echo starting; echo log >&2; echo "{\\"listening\\":4711}"; exec sleep 60'),
    })
    expect(server.url).toBe('http://127.0.0.1:4711')
    expect(await readFile(server.logPath, 'utf8')).toBe('log\n')
    await server.stop()
    expect(await server.exited).toBe(143)
    expect(await startTime(server.pid)).toBe('')
  })

  test('that ends early is refused with its log', async () => {
    const start = startServer(session, { name: 'early', command: shell('echo why >&2; exit 7') })
    await expect(start).rejects.toThrow(/early ended with code 7.*why.*early\.log/s)
  })

  test('that stays silent is ended after its deadline', async () => {
    const command = shell('echo "$$" >&2; exec sleep 60')
    const start = startServer(session, { name: 'silent', command, deadlineMs: 200 })
    await expect(start).rejects.toThrow(/silent was not ready within 0.2 s/)
    const pid = Number(await readFile(session.logPath('silent'), 'utf8'))
    expect(await startTime(pid)).toBe('')
  })
})

test('kill9 ends the whole group at once', async () => {
  const { promise: line, resolve } = Promise.withResolvers<string>()
  const command = shell('trap "" TERM; sleep 300 & echo $!; wait')
  const child = await startChild(session, { name: 'group', command, onLine: resolve })
  const grandchild = Number(await line)
  await child.kill9()
  await eventually('the grandchild ended', async () => (await startTime(grandchild)) === '')
})

test('arguments and environment reach the child as they are', async () => {
  const lines: string[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const child = await startChild(session, {
    name: 'echo',
    command: ['printenv', 'ODD', 'PATH_GONE'],
    environment: { ODD: '$(echo no) "quoted" ;', PATH_GONE: undefined },
    onLine: (line) => {
      lines.push(line)
      resolve()
    },
  })
  await done
  await child.exited
  expect(lines).toEqual(['$(echo no) "quoted" ;'])
})

test('what is exported reaches no child unless it is on the list', async () => {
  const odd = { http_proxy: 'http://127.0.0.1:9', STAMPEDE_POOL_CONNECTIONS: '1' }
  Object.assign(process.env, odd)
  try {
    const lines: string[] = []
    const onLine = (line: string) => void lines.push(line)
    const child = await startChild(session, { name: 'exported', command: ['env'], onLine })
    await child.exited
    await eventually('its lines are read', async () => lines.length > 0)
    const { out } = await run(['env'])
    for (const name of Object.keys(odd)) expect(`${lines.join('\n')}${out}`).not.toContain(name)
    expect(out).toContain('PATH=')
  } finally {
    for (const name of Object.keys(odd)) delete process.env[name]
  }
})

test('a program that does not exist is refused, not waited for', async () => {
  const start = startServer(session, { name: 'absent', command: ['no-such-program-at-all'] })
  await expect(start).rejects.toThrow(/absent ended with code 127/)
})
