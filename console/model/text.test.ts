import { describe, expect, test } from 'bun:test'
import { inlinesOf, paragraphsOf } from './markdown.ts'
import { carried, readUrl, writeUrl } from './url-state.ts'
import { chooseLanguage, fill, wordsIn } from './words.ts'

describe('markdown', () => {
  const text = (words: string) => ({ kind: 'text' as const, text: words })

  test('paragraphs, each on one line', () => {
    expect(paragraphsOf('one\r\ntwo\n\n  \nthree\n')).toEqual([[text('one two')], [text('three')]])
  })
  test('marks within a line', () => {
    expect(inlinesOf('a **b `x`** `c` *d*')).toEqual([
      text('a '),
      { kind: 'strong', parts: [text('b '), { kind: 'code', text: 'x' }] },
      text(' '),
      { kind: 'code', text: 'c' },
      text(' '),
      { kind: 'emphasis', parts: [text('d')] },
    ])
  })
  test.each([
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['a link', '[x](javascript:alert(1))'],
    ['an unclosed mark', '**open'],
    ['a heading', '# Title'],
    ['a list', '- a'],
    ['a table', '| a | b |'],
    ['a snake_case name', 'one_big_name'],
    ['a product', '2 * 3 * 4'],
  ])('%s is text', (_, source) => {
    expect(paragraphsOf(source)).toEqual([[text(source)]])
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
