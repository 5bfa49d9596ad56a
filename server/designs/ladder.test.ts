import { describe, expect, test } from 'bun:test'
import { Problem } from '../errors.ts'
import { axisNames } from './axes.ts'
import { parseDesign } from './design.ts'
import { axisWords, ladder, optionsOf, sideBySide } from './ladder.ts'

const entry = (before: string, after: string) => ({
  before,
  after,
  options: { [before]: 0, [after]: 0 },
})
const entries = { colour: entry('red', 'blue'), size: entry('big', 'small'), same: entry('x', 'x') }
const parse = (text: string) => {
  if (text === 'after,size=big') {
    throw new Problem('design-refused', { detail: 'blue is never big' })
  }
  const hazards = text.includes('red') ? ['red runs'] : []
  return { label: `label of ${text}`, hazards: [...hazards, 'dear'], knownBad: [] }
}

describe('a ladder', () => {
  test('goes from before by each axis alone and by after without each to after', () => {
    const { variants, leftOut } = ladder(true, entries, parse)
    expect(variants.map(({ name, title, role, axis }) => [name, title, role, axis])).toEqual([
      ['before', 'before', 'before', null],
      ['plus-colour', 'before + colour=blue', 'alone', 'colour'],
      ['plus-size', 'before + size=small', 'alone', 'size'],
      ['before-again', 'before, again', 'alone', null],
      ['minus-colour', 'after, but colour=red', 'without', 'colour'],
      ['after-again', 'after, again', 'without', null],
      ['after', 'after', 'after', null],
    ])
    expect(leftOut).toEqual([{ name: 'after, but size=big', reason: 'blue is never big' }])
    expect(variants[4]).toMatchObject({ hazards: ['red runs'] })
    expect(variants.at(-1)).toMatchObject({ hazards: [], caveats: ['dear'] })
  })

  test('what is known of after is a caveat of all, and no hazard of any', () => {
    const risky = (text: string) => ({
      label: text,
      hazards: ['all', ...(text === 'after' ? ['new'] : text === 'before' ? ['old'] : [])],
      knownBad: [],
    })
    const { variants } = ladder(false, entries, risky)
    expect(variants[0]).toMatchObject({ hazards: ['old'], caveats: ['all'] })
    expect(variants.at(-1)).toMatchObject({ hazards: [], caveats: ['all', 'new'] })
  })

  test.each([true, false])(
    'controls are what they are compared with, once more: %p',
    (leaveOut) => {
      const { variants } = ladder(leaveOut)
      const named = new Map(variants.map((variant) => [variant.name, variant]))
      const bases = [...new Set(variants.map(({ base }) => base ?? 'before'))]
      const controls = variants.filter(({ isControl }) => isControl)
      expect(controls.map(({ base }) => base ?? 'before')).toEqual(bases)
      for (const { base, design } of controls) {
        expect(design).toBe(named.get(base ?? 'before')?.design ?? '')
      }
      // No other design is one that is there already.
      const others = variants.filter(({ isControl }) => !isControl)
      expect(new Set(others.map(({ design }) => design)).size).toBe(others.length)
    },
  )

  test('leaves an axis alone that both presets choose alike', () => {
    const { variants } = ladder(false, entries, parse)
    expect(variants.map(({ name }) => name)).toEqual([
      'before',
      'plus-colour',
      'plus-size',
      'before-again',
      'after',
    ])
  })

  test('of the real axes: names fit a metric label and are unique, designs are whole', () => {
    const { variants } = ladder(true)
    const names = variants.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, design } of variants) {
      expect(name).toMatch(/^[a-z0-9-]{1,32}$/)
      expect(parseDesign(design).label).toBe(design)
    }
    expect(variants[0]?.design).toBe(parseDesign('before').label)
    expect(variants.at(-2)?.design).toBe(parseDesign('after').label)
    expect(variants.at(-1)?.design).toBe(parseDesign('peak').label)
  })
})

describe('side by side', () => {
  test.each(axisNames.map((axis) => [axis]))('every option of %s, by its own name', (axis) => {
    const options = optionsOf(axis) ?? []
    const { variants, leftOut } = sideBySide(axis, options, 'after')
    expect(variants.length + leftOut.length).toBe(options.length)
    expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length)
    for (const { name, role, design } of variants) {
      expect(name).toMatch(/^[a-z0-9-]{1,32}$/)
      expect(role).toBe('option')
      expect(design).toContain(`${axis}=${name}`)
    }
  })

  test('what the base refuses is left out with its reason', () => {
    const refuse = (text: string) => {
      if (text.includes('ids=ticket-server')) {
        throw new Problem('design-refused', { detail: 'no server' })
      }
      return { label: text, hazards: [], knownBad: [] }
    }
    const { variants, leftOut } = sideBySide(
      'ids',
      ['sequence-table', 'ticket-server'],
      'after',
      refuse,
    )
    expect(variants.map(({ name }) => name)).toEqual(['sequence-table'])
    expect(leftOut).toEqual([{ name: 'ids=ticket-server', reason: 'no server' }])
  })

  test('an axis that is not there has no options', () => {
    expect(optionsOf('toString')).toBeUndefined()
    expect(axisWords).toEqual([...axisNames])
  })
})
