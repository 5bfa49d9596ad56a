import { describe, expect, test } from 'bun:test'
import { parseInline, parseMarkdown } from './markdown.ts'
import { carried, linkAddress, readUrl, writeUrl } from './url-state.ts'
import { chooseLanguage, fill, wordsIn } from './words.ts'

describe('markdown', () => {
  test('blocks', () => {
    const source =
      '# Title\n\ntwo\nlines\n\n- a\n- b\n  more\n\n1. x\n\n```\ncode *x*\n```\n---\n> said'
    expect(parseMarkdown(source).map(({ kind }) => kind)).toEqual([
      ...['heading', 'paragraph', 'list', 'list', 'code', 'rule', 'quote'],
    ] as never)
  })
  test('tables', () => {
    const [table] = parseMarkdown('| a | b |\n|---|---|\n| 1 | 2 |')
    expect(table).toMatchObject({ kind: 'table', head: [[{ text: 'a' }], [{ text: 'b' }]] })
  })
  test('marks within a line', () => {
    expect(parseInline('a **b** `c` *d* [e](https://f)')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'strong', parts: [{ kind: 'text', text: 'b' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', parts: [{ kind: 'text', text: 'd' }] },
      { kind: 'text', text: ' ' },
      { kind: 'link', address: 'https://f', parts: [{ kind: 'text', text: 'e' }] },
    ])
  })
  test.each(['javascript:alert(1)', '//evil.example', '/\\evil.example', 'data:text/html,x'])(
    'a link to %s is no link',
    (address) => {
      expect(parseInline(`[x](${address})`).some(({ kind }) => kind === 'link')).toBe(false)
      expect(linkAddress(address, new URLSearchParams())).toBeNull()
    },
  )
  test('HTML is text', () => {
    expect(parseMarkdown('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'paragraph', parts: [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }] },
    ])
  })
  test('unclosed marks and fences end', () => {
    expect(parseMarkdown('```\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }])
    expect(parseInline('**open')).toEqual([{ kind: 'text', text: '**open' }])
  })
})

describe('the address of the page', () => {
  const text =
    'from=now-5m&to=now&refresh=1s&var-arm=a&var-arm=b&row=2&without=Runs&panel=7' +
    '&theme=dark&lang=ko'

  test('keeps everything that was chosen', () => {
    expect(writeUrl(readUrl(new URLSearchParams(text))).toString()).toBe(text)
    expect(writeUrl(readUrl(new URLSearchParams(''))).toString()).toBe('')
  })
  test('a link to another board carries what it should', () => {
    const state = readUrl(new URLSearchParams(text))
    const range = { from: 'now-5m', to: 'now' }
    const kept = carried(state, range, { time: true, variables: false }).toString()
    expect(kept).toBe('from=now-5m&to=now&refresh=1s&theme=dark&lang=ko')
    expect(linkAddress('/d/ids/the-ids?var-x=1', new URLSearchParams('from=now-5m&to=now'))).toBe(
      '/console/ids?var-x=1&from=now-5m&to=now',
    )
  })
})

describe('language', () => {
  test.each([
    ['ko', 'en', 'ko'],
    [null, 'ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    [null, 'fr, en;q=0.5, ko;q=0.9', 'ko'],
    [null, 'fr', 'en'],
    ['xx', '', 'en'],
  ])('asked for %p, accepting %p: %s', (asked, accept, language) => {
    expect(chooseLanguage(asked, accept)).toBe(language as 'en' | 'ko')
  })
  test('both dictionaries fill in the same places', () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
    const [english, korean] = [wordsIn('en'), wordsIn('ko')]
    for (const key of Object.keys(english) as (keyof typeof english)[]) {
      expect(places(korean[key])).toEqual(places(english[key]))
    }
    expect(fill('{a} and {b}', { a: '1' })).toBe('1 and {b}')
  })
})
