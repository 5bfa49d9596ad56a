import { expect, test } from 'bun:test'
import { startServer } from '../../lab/processes/child.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { keepRunning } from './keep-running.ts'

const { session, folder } = await scratchSession()

const listening = 'echo "{\\"listening\\":4711}"'

/** A server by a shell script, kept running. @returns what was printed */
async function kept(name: string, script: string) {
  const server = await startServer(session, { name, command: ['sh', '-c', script] })
  const printed: string[] = []
  const [restartable] = session.servers.slice(-1)
  if (!restartable) throw new Error('not registered')
  const over = keepRunning(session, restartable, (line) => printed.push(line))
  return { server, printed, over }
}

test('a server that is killed is started again, and that is printed with its log', async () => {
  const { server, printed } = await kept('killed', `echo why >&2; ${listening}; exec sleep 60`)
  await server.kill9()
  await eventually('it runs again', async () => printed.includes('stampede: killed runs again'))
  expect(printed[0]).toMatch(/^stampede: killed was ended by signal 9; starting it again\n.*why/s)
  expect(printed).toHaveLength(2)
})

test('one that ends again and again is given up, in words', async () => {
  const { printed, over } = await kept('short', `${listening}; exit 7`)
  await over
  expect(printed[0]).toContain('short ended by itself with code 7')
  expect(printed.at(-2)).toContain('short does not stay up')
  expect(printed.at(-1)).toContain('./stampede down')
})

test('one that cannot start is tried until what it needs is back', async () => {
  const needed = `${folder}/needed`
  await Bun.write(needed, '')
  const { server, printed } = await kept(
    'needing',
    `[ -e '${needed}' ] || exit 9; ${listening}; exec sleep 60`,
  )
  await Bun.file(needed).delete()
  await server.kill9()
  await eventually('a start failed', async () => printed.some((line) => line.includes('code 9')))
  await Bun.write(needed, '')
  await eventually('it runs again', async () => printed.includes('stampede: needing runs again'))
})
