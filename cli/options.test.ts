import { describe, expect, test } from 'bun:test'
import { parseDesign } from '../server/designs/design.ts'
import { optionsOf } from '../server/designs/ladder.ts'
import bench from './bench.ts'
import capacity from './capacity.ts'
import compare from './compare.ts'
import dashboards from './dashboards.ts'
import ladder from './ladder.ts'
import rehearse from './rehearse.ts'
import replay from './replay.ts'
import spike from './spike.ts'
import up from './up.ts'

const before = parseDesign('before').label
const after = parseDesign('after').label

/** Options of a command without a flag. */
const defaults: Record<string, object> = {
  rehearse: {
    scenario: 'flash-sale',
    arms: ['before', 'after'],
    labels: [before, after],
    blocks: undefined,
    durationSeconds: undefined,
    rate: undefined,
    arrivals: 'even',
    seed: 1,
    faults: [],
    isProxied: false,
    driver: undefined,
    stock: 'plenty',
    margin: undefined,
    expect: undefined,
    ...{ servedPercentMin: 99, p99MsMax: 500, sojournMsMax: 3000 },
    objective: { servedPercentMin: 99, p99MsMax: 500, sojournMsMax: 3000 },
    target: 'private',
    quick: false,
    out: undefined,
    prometheus: true,
    database: undefined,
    install: true,
  },
  capacity: {
    arms: [
      { name: 'before', design: before, asked: 'before' },
      { name: 'after', design: after, asked: 'after' },
    ],
    scenario: 'smoke',
    arrivals: 'even',
    objective: { servedPercentMin: 99, p99MsMax: 500, sojournMsMax: 3000 },
    bankLatenciesMs: [150],
    durationSeconds: 6,
    seed: 1,
    driver: 'simulator',
    bounds: { rateFrom: 20, rateMax: 2000, blocksMax: 9, ratioMax: 1.25 },
    curveShares: [0.5, 1.25],
    timeMsMax: 418_000,
    quick: false,
    jsonFile: undefined,
    out: undefined,
    database: undefined,
    install: true,
  },
  replay: { arm: undefined, eventId: undefined, handler: undefined, listOnly: false },
  bench: { names: [], jsonFile: undefined, database: undefined, against: undefined },
}

describe('without a flag', () => {
  test.each([rehearse, capacity, replay, bench])('$name', ({ name, read }) => {
    expect<unknown>(read([])).toEqual(defaults[name])
  })
})

test('rehearse with every flag', () => {
  const words =
    '--scenario smoke --arms after,before --blocks 4 --duration 12s --rate 300 ' +
    '--seed 0 --arrivals poisson --driver k6 --stock scarce --target compose --quick ' +
    '--no-prometheus --no-install --out /tmp/report --fault bank@1s..2s --fault bank@3s..4s ' +
    '--database mysql ' +
    '--margin 2.5% --expect no-worse --slo-served 99.5% --slo-p99 400ms --slo-sojourn 2s'
  expect(rehearse.read(words.split(' '))).toEqual({
    scenario: 'smoke',
    arms: ['after', 'before'],
    labels: [after, before],
    blocks: 4,
    durationSeconds: 12,
    rate: 300,
    arrivals: 'poisson',
    seed: 0,
    faults: [
      { name: 'bank', settings: {}, fromSeconds: 1, toSeconds: 2 },
      { name: 'bank', settings: {}, fromSeconds: 3, toSeconds: 4 },
    ],
    isProxied: false,
    driver: 'k6',
    stock: 'scarce',
    margin: 0.025,
    expect: 'no-worse',
    ...{ servedPercentMin: 99.5, p99MsMax: 400, sojournMsMax: 2000 },
    objective: { servedPercentMin: 99.5, p99MsMax: 400, sojournMsMax: 2000 },
    target: 'compose',
    quick: true,
    out: '/tmp/report',
    database: 'mysql',
    prometheus: false,
    install: false,
  })
})

test('capacity with every flag', () => {
  const words =
    '--arms after,after+admission=open,before+ids=ticket-server --scenario overload ' +
    '--slo-p99 1.5s --slo-served 95% --slo-sojourn 4s --bank-latency 20,500ms --duration 3s ' +
    '--from 50 --max 400 --blocks 5 --seed 0 --driver k6 --quick ' +
    '--arrivals poisson --json /tmp/c.json --out /tmp/c --no-install'
  const options = capacity.read(words.split(' '))
  expect(options.arms.map(({ name }) => name)).toEqual(['after', 'arm-2', 'arm-3'])
  expect(options.arms[1]?.design).toBe(parseDesign('after,admission=open').label)
  expect(options.arms[2]?.asked).toBe('before+ids=ticket-server')
  expect(options).toMatchObject({
    bounds: { rateFrom: 50, rateMax: 400, blocksMax: 5, ratioMax: 1.5 },
    objective: { servedPercentMin: 95, p99MsMax: 1500, sojournMsMax: 4000 },
    bankLatenciesMs: [20, 500],
    quick: true,
    scenario: 'overload',
    arrivals: 'poisson',
    durationSeconds: 3,
    seed: 0,
    driver: 'k6',
    jsonFile: '/tmp/c.json',
    out: '/tmp/c',
    install: false,
  })
})

test('capacity with four banks takes less than half an hour', () => {
  const { timeMsMax } = capacity.read(['--bank-latency', '20,50,150,500'])
  expect(timeMsMax).toBeWithin(20 * 60_000, 30 * 60_000)
})

const names = (options: { variants: { name: string }[] }) =>
  options.variants.map(({ name }) => name)

describe('ladder', () => {
  test('without a flag: every axis alone and left out, plenty of stock', () => {
    const options = ladder.read([])
    expect(options).toMatchObject({
      kind: 'ladder',
      words: ['--leave-out'],
      scenario: 'flash-sale',
      stocks: ['plenty'],
      blocks: undefined,
      durationSeconds: undefined,
      rate: undefined,
      seed: 1,
      driver: undefined,
      quick: false,
      out: undefined,
      jsonFile: undefined,
      prometheus: true,
      install: true,
    })
    expect(names(options)).toContain('minus-ids')
  })

  test('with every flag', () => {
    const words =
      '--scenario smoke --stock both --blocks 3 --duration 2s --rate 9 --seed 0 --no-leave-out ' +
      '--driver simulator --quick --no-install --out /tmp/report --json /tmp/ladder.json'
    const options = ladder.read(words.split(' '))
    expect(options).toMatchObject({
      words: ['--no-leave-out'],
      scenario: 'smoke',
      stocks: ['plenty', 'scarce'],
      blocks: 3,
      durationSeconds: 2,
      rate: 9,
      seed: 0,
      driver: 'simulator',
      quick: true,
      out: '/tmp/report',
      jsonFile: '/tmp/ladder.json',
      install: false,
    })
    expect(names(options)).not.toContain('minus-ids')
  })

  test('with --quick nothing is left out, unless asked for', () => {
    expect(names(ladder.read(['--quick']))).not.toContain('minus-ids')
    expect(names(ladder.read(['--quick', '--leave-out']))).toContain('minus-ids')
  })
})

describe('compare', () => {
  test('takes options of one axis in their order, over after', () => {
    const options = compare.read(['stock=conditional-update,row-lock'])
    expect(names(options)).toEqual(['conditional-update', 'row-lock'])
    expect(options).toMatchObject({
      kind: 'compare',
      leftOut: [],
      words: ['stock=conditional-update,row-lock', '--base after'],
    })
    expect(options.variants[1]?.design).toMatch(/^ids=ticket-server,.*stock=row-lock/)
  })

  test('an axis alone means all of it; the base may be spelt out', () => {
    const options = compare.read(['ids', '--base', 'before+effects=outbox'])
    const all = [...names(options), ...options.leftOut.map(({ name }) => name.slice(4))]
    expect(all.toSorted()).toEqual(optionsOf('ids')?.toSorted() ?? [])
    expect(options.variants[0]?.design).toMatch(/transaction=one-big,.*effects=outbox/)
    expect(options.words[1]).toBe('--base before+effects=outbox')
  })
})

test('spike: both arms, one after the other, or the one that is named', () => {
  expect(spike.read([])).toMatchObject({
    arms: ['before', 'after'],
    scenario: 'flash-sale',
    sideBySide: false,
    rate: undefined,
  })
  expect(spike.read(['--arm', 'after', '--rate', '9', '--duration=5s'])).toMatchObject({
    arms: ['after'],
    rate: 9,
    durationSeconds: 5,
  })
})

test('up takes two designs', () => {
  expect(up.read([]).labels[1]).toContain('ids=ticket-server')
})

test('replay: an event and a handler narrow it down', () => {
  const words = ['--event', 'order-paid-7', '--handler', 'messages', '--arm', 'after', '--list']
  expect(replay.read(words)).toEqual({
    arm: 'after',
    eventId: 'order-paid-7',
    handler: 'messages',
    listOnly: true,
  })
})

test('dashboards verify takes a file and an address', () => {
  const raw = ['verify', '--json', '/a/b.json', '--prometheus=http://127.0.0.1:1']
  expect(dashboards.read(raw)).toEqual({
    verb: 'verify',
    jsonFile: '/a/b.json',
    prometheus: 'http://127.0.0.1:1',
  })
})

test('bench takes names, a file and a commit', () => {
  expect(bench.read(['server', 'driver', '--json', '/tmp/f.json', '--against', 'main'])).toEqual({
    names: ['server', 'driver'],
    jsonFile: '/tmp/f.json',
    database: undefined,
    against: 'main',
  })
})
