import { describe, expect, test } from 'bun:test'
import { idlePackages, loosePins } from './packages.ts'

const file = (path: string, text: string) => ({ path, text })
const listed = { dependencies: { hono: '4.0.0' }, devDependencies: { 'fast-check': '4.0.0' } }

describe('a listed package', () => {
  const idle = (...files: { path: string; text: string }[]) => idlePackages(files, listed)

  test('that is not used', () => {
    expect(idle(file('a.ts', "import a from 'hono/x'"))).toEqual([
      'package.json: fast-check is not used',
    ])
    expect(idle(file('docs/a.md', "'hono' 'fast-check'"))).toHaveLength(2)
  })

  test('that is only run by a script', () => {
    const scripts = { check: 'biome check && tsc' }
    const devDependencies = { '@biomejs/biome': '2.0.0', typescript: '7.0.0' }
    expect(idlePackages([], { scripts, devDependencies })).toEqual([])
    expect(idlePackages([], { devDependencies })).toHaveLength(2)
  })
})

test.each(['^1.0.0', '~1.0.0', '1.x', 'latest', '*', '>=1.0.0', 'github:a/b', '1.0'])(
  '%s is no exact version',
  (version) => {
    expect(loosePins({ dependencies: { a: version } })).toHaveLength(1)
    expect(loosePins({ devDependencies: { a: version } })).toHaveLength(1)
    expect(loosePins({ dependencies: { a: '1.0.0', b: '1.0.0-rc.1' } })).toEqual([])
  },
)
