import { expect, test } from 'bun:test'
import {
  blindCatches,
  consoleLogs,
  optionNames,
  pastTheLog,
  privateWords,
  urlPaths,
} from './words.ts'

const file = (path: string, text: string) => [{ path, text }]
const options = { ids: ['sequence-table'], transaction: ['split'] }

test.each(["if (ids === 'sequence-table') {", "'transaction=split'", '// sequence-table only'])(
  '%s names an option',
  (text) => {
    expect(optionNames(file('server/flows/a.ts', text), options, [])).toHaveLength(1)
    expect(optionNames(file('server/flows/a.test.ts', text), options, [])).toEqual([])
    expect(optionNames(file('server/designs/a.ts', text), options, ['server/designs/'])).toEqual([])
  },
)

test.each(["text.split(',')", "from './sequence-tables.ts'", "'a sequence table'"])(
  '%s names none',
  (text) => {
    expect(optionNames(file('server/flows/a.ts', text), options, [])).toEqual([])
  },
)

test('console.log in the server, and only there', () => {
  expect(consoleLogs(file('server/a.ts', 'console.log(1)'))).toHaveLength(1)
  expect(consoleLogs(file('server/a.ts', 'console.error(1)'))).toEqual([])
  expect(consoleLogs(file('cli/a.ts', 'console.log(1)'))).toEqual([])
})

test('what the server prints goes through its log', () => {
  expect(pastTheLog(file('server/a.ts', 'console.error(error)'))).toHaveLength(1)
  expect(pastTheLog(file('server/log.ts', 'console.error(line)'))).toEqual([])
  expect(pastTheLog(file('cli/a.ts', 'console.error(error)'))).toEqual([])
})

test('an error that is not looked at is no absence', () => {
  expect(blindCatches(file('lab/a.ts', 'await stat(path).catch(() => null)'))).toHaveLength(1)
  expect(blindCatches(file('lab/a.ts', 'await stat(path).catch(ifAbsent(null))'))).toEqual([])
})

test('the path of a URL is none of a file', () => {
  const path = `new URL('./migrations', ${'import.meta.url'}).pathname`
  expect(urlPaths(file('server/a.ts', path))).toHaveLength(1)
  expect(urlPaths(file('server/a.ts', "join(import.meta.dir, 'migrations')"))).toEqual([])
})

test.each([
  "throw new Error('nobody uses it')",
  'const createLots = () => []',
  'const lotsMax = 3',
  'export function meterStock() {}',
  '// Where one can be had.',
  '/** What came of it. */',
])('%s has a word of our own', (text) => {
  for (const path of ['server/a.ts', 'server/a.test.ts', 'docs/a.md', 'stampede']) {
    expect(privateWords(file(path, text))).toHaveLength(1)
  }
  expect(privateWords(file('server/a.ts', text), ['server/'])).toEqual([])
})

test.each(['const slots = plots', 'a wholesome rebook', 'const meters = 3', "'BANK_MAY_FORGET'"])(
  '%s has none',
  (text) => {
    expect(privateWords(file('server/a.ts', text))).toEqual([])
  },
)
