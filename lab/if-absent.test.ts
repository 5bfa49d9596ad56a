import { expect, test } from 'bun:test'
import { ifAbsent } from './if-absent.ts'

const errorOf = (code: string) => Object.assign(new Error(code), { code })

test.each(['ENOENT', 'ENOTDIR'])('%s is absence', (code) => {
  expect(ifAbsent('none')(errorOf(code))).toBe('none')
})

test.each(['EACCES', 'EIO', 'EMFILE'])('%s is not', (code) => {
  expect(() => ifAbsent('none')(errorOf(code))).toThrow(code)
})
