import { expect, test } from 'bun:test'
import { join } from 'node:path'
import packageFile from '../package.json' with { type: 'json' }
import { importsOf } from '../testing/tidy/imports.ts'
import { readTree } from '../testing/tidy/tree.ts'
import { readComposeFile, root } from './testing/compose-file.ts'
import { copiesOf, environmentOf, instructionsOf, sentToBuilder } from './testing/dockerfile.ts'

const instructions = instructionsOf(await Bun.file(join(root, 'Dockerfile')).text())
const file = await readComposeFile()
const tree = await readTree(root)
const sent = await sentToBuilder([...tree.map(({ path }) => path), 'bun.lock'])

/** Files that COPY puts into the image. */
const copied = sent.filter((path) =>
  copiesOf(instructions).some(({ sources }) =>
    sources.some((source) => path === source || path.startsWith(`${source}/`)),
  ),
)

test('the base is the Bun of ./stampede, and the image does not run as root', async () => {
  const launcher = await Bun.file(join(root, 'stampede')).text()
  const version = /^bun_version=(\S+)$/m.exec(launcher)?.[1]
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ words }) => words)
  expect(bases).toEqual([`oven/bun:${version}-slim AS packages`, `oven/bun:${version}-slim`])
  expect(instructions.filter(({ name }) => name === 'USER')).toEqual([
    { name: 'USER', words: 'bun' },
  ])
})

test('packages are installed before the sources come, from the lock alone', () => {
  const names = instructions.map(({ name, words }) => `${name} ${words}`)
  const install = names.findIndex((line) => line.startsWith('RUN bun install'))
  expect(names[install]).toContain('--frozen-lockfile --production')
  expect(install).toBeLessThan(names.findIndex((line) => /^COPY .*server$/.test(line)))
})

test('every COPY finds something that .dockerignore lets through', () => {
  const missing = copiesOf(instructions)
    .flatMap(({ sources }) => sources)
    .filter((source) => !sent.some((path) => path === source || path.startsWith(`${source}/`)))
  expect(missing).toEqual([])
})

test('the user of the image reads what the owner of the checkout keeps to themselves', () => {
  const own = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
  expect(copiesOf(own).map(({ mode }) => mode)).toEqual(copiesOf(own).map(() => '755'))
  expect(copiesOf(own).length).toBeGreaterThan(0)
})

test('no test, note or key reaches the image', () => {
  expect(copied.filter((path) => /\.test\.ts$|(^|\/)testing\//.test(path))).toEqual([])
  expect(sent.filter((path) => /^(docs|\.ci|loadtests)|\.env/.test(path))).toEqual([])
})

test('what the commands of the compose file import is in the image', () => {
  const entries = Object.values(file.services).flatMap(({ image, command, healthcheck }) =>
    image.startsWith('stampede:') ? [...(command ?? []), ...(healthcheck?.test ?? [])] : [],
  )
  const waiting = [...new Set(entries.filter((word) => word.endsWith('.ts')))]
  expect(waiting).toContain('server/worker/main.ts')
  const missing: string[] = []
  const seen = new Set(waiting)
  for (const path of waiting) {
    if (!copied.includes(path)) missing.push(path)
    const source = tree.find((one) => one.path === path)
    for (const { target, isType } of source ? importsOf(source) : []) {
      const isFile = tree.some((one) => one.path === target)
      if (!isFile && !isType && !isInImage(target)) missing.push(`${path}: ${target}`)
      if (!isFile || isType || seen.has(target)) continue
      seen.add(target)
      waiting.push(target)
    }
  }
  expect(missing).toEqual([])
  expect(seen.size).toBeGreaterThan(60)
})

function isInImage(specifier: string): boolean {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return /^(node:|bun:|bun$)/.test(specifier) || name in packageFile.dependencies
}

test('the processes listen where the compose file looks for them', () => {
  expect(environmentOf(instructions)).toMatchObject({
    STAMPEDE_HOST: '0.0.0.0',
    STAMPEDE_PORT: '4000',
  })
  expect(instructions).toContainEqual({ name: 'EXPOSE', words: '4000' })
})

test('the processes may be called by the names that the compose file gives them', () => {
  const { STAMPEDE_ALLOWED_HOSTS: names = '' } = environmentOf(instructions)
  const ours = Object.entries(file.services).filter(
    ([, { command, restart }]) => command?.[0] === 'bun' && restart !== 'no',
  )
  expect(names.split(',').toSorted()).toEqual(ours.map(([name]) => name).toSorted())
})
