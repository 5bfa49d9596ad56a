import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import packageFile from './package.json' with { type: 'json' }
import { axes } from './server/designs/axes.ts'
import { problems } from './server/errors.ts'
import {
  type Direction,
  folderCircles,
  idleExceptions,
  testsInProduction,
  wrongWays,
} from './testing/tidy/imports.ts'
import { brokenLinks, changelogFlaws, widePages } from './testing/tidy/markdown.ts'
import { idlePackages, loosePins } from './testing/tidy/packages.ts'
import { longFiles, longTests, oddNames, wideLines } from './testing/tidy/shape.ts'
import { readTree } from './testing/tidy/tree.ts'
import {
  blindCatches,
  consoleLogs,
  optionNames,
  pastTheLog,
  privateWords,
  urlPaths,
} from './testing/tidy/words.ts'

// The rules of docs/architecture.md that no linter holds. Each has tests of its own that it can
// fail, in testing/tidy.
const root = import.meta.dir
const files = await readTree(root)

test('files have at most 300 lines', () => {
  expect(longFiles(files, 300)).toEqual([])
})

test('tests have at most 60 lines', () => {
  expect(longTests(files, 60)).toEqual([])
})

test('lines have at most 100 columns', () => {
  expect(wideLines(files, 100)).toEqual([])
})

test('lines of hand-written pages have at most 120 columns', () => {
  expect(widePages(files, 120)).toEqual([])
})

test('names of files are kebab-case', () => {
  expect(oddNames(files)).toEqual([])
})

const edge = [
  ...['server/http/', 'server/app.ts', 'server/main.ts', 'server/worker/'],
  'server/shadow/',
]

/** What each top folder may import from the others: everything points down this list. */
const rooms: Record<string, readonly string[]> = {
  examples: ['loadtests', 'server', 'chaos'],
  cli: ['experiments', 'dashboards', 'audit', 'console', 'lab', 'loadtests', 'chaos', 'server'],
  experiments: ['audit', 'console', 'lab', 'loadtests', 'server'],
  dashboards: ['console', 'lab', 'server'],
  audit: ['loadtests'],
  console: ['server'],
  lab: ['server'],
  loadtests: [],
  server: [],
  chaos: [],
}

/** The composition root mounts chaos; chaos knows the shop's vocabulary. */
const exceptionsOf: Record<string, Partial<Direction>> = {
  server: { exempt: ['server/app.ts', 'server/board/', 'server/proxy/'] },
  chaos: {
    typesAllowed: true,
    except: [
      ...['server/errors.ts', 'server/points.ts', 'server/route-names.ts'],
      ...['server/designs/axes.ts', 'server/proxy/servers.ts'],
    ],
  },
}

const names = Object.keys(rooms)
const betweenRooms: Direction[] = names.map((name) => ({
  from: `${name}/`,
  never: names
    .filter((other) => other !== name && !rooms[name]?.includes(other))
    .map((other) => `${other}/`),
  ...exceptionsOf[name],
}))

/** Imports point one way: between top folders, and in the server http → flows → designs → db. */
const directions: Direction[] = [
  ...betweenRooms,
  { from: 'server/flows/', never: edge },
  { from: 'server/designs/', never: ['server/flows/', ...edge] },
  {
    from: 'server/db/',
    never: ['server/flows/', 'server/designs/', ...edge],
    // The seed writes a row for each name of a sequence.
    except: ['server/designs/ids/ids.ts'],
  },
  { from: 'server/bank/', never: ['server/flows/', 'server/designs/', 'server/db/', ...edge] },
  { from: 'server/clients/', never: ['server/flows/', 'server/designs/', 'server/db/', ...edge] },
  {
    from: 'server/tickets/',
    never: ['server/flows/', 'server/designs/', 'server/db/', ...edge],
    // Its marks are in the database; at its start they are held against the tables of that name.
    except: ['server/db/pool.ts', 'server/designs/ids/ids.ts'],
  },
]

test('imports point one way', () => {
  expect(wrongWays(files, directions)).toEqual([])
  // A benchmark may use the tests' fake shop.
  expect(testsInProduction(files, ['experiments/measurements/'])).toEqual([])
})

test('no two folders import each other in a circle', () => {
  expect(folderCircles(files)).toEqual([])
})

test('every exception to the way of imports is used', () => {
  expect(idleExceptions(files, directions)).toEqual([])
})

test('options are named only where they are made, chosen or described', () => {
  const options = Object.fromEntries(
    Object.entries(axes).map(([axis, { options }]) => [axis, Object.keys(options)]),
  )
  // A problem may be named as the option that makes it: then the word alone says nothing.
  const words = Object.keys(problems)
  const free = ['server/designs/', 'chaos/faults/', 'experiments/', 'cli/', 'dashboards/']
  expect(optionNames(files, options, free, words)).toEqual([])
})

/** The list itself, a page of past releases, and pages that are generated from checked code. */
const quoted = ['testing/tidy/words', 'CHANGELOG.md', 'docs/reference/']

test('paths of files are not made of URLs', () => {
  expect(urlPaths(files)).toEqual([])
})

test('no error is read as the expected one', () => {
  expect(blindCatches(files)).toEqual([])
})

test('words are the field’s', () => {
  expect(privateWords(files, quoted)).toEqual([])
})

test('the server’s standard output is one line', () => {
  expect(consoleLogs(files)).toEqual([])
})

test('what the server prints goes through its log', () => {
  expect(pastTheLog(files)).toEqual([])
})

test('packages: each listed one used, each version exact', () => {
  expect(idlePackages(files, packageFile)).toEqual([])
  expect(loosePins(packageFile)).toEqual([])
})

test('links between pages lead somewhere', () => {
  expect(brokenLinks(files, (path) => existsSync(join(root, path)))).toEqual([])
})

test('the changelog has its shape', async () => {
  expect(changelogFlaws(await Bun.file(join(root, 'CHANGELOG.md')).text())).toEqual([])
})
