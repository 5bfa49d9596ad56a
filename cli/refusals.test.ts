import { describe, expect, test } from 'bun:test'
import { UserError } from '../lab/user-error.ts'
import bench from './bench.ts'
import capacity from './capacity.ts'
import compare from './compare.ts'
import dashboards from './dashboards.ts'
import ladder from './ladder.ts'
import prove from './prove.ts'
import rehearse from './rehearse.ts'
import replay from './replay.ts'
import reproduce from './reproduce.ts'
import spike from './spike.ts'
import up from './up.ts'

/** By command: a command line, and a part of its refusal. */
const refusals: [{ name: string; read(raw: string[]): unknown }, [string[], string][]][] = [
  [
    rehearse,
    [
      [
        ['--scenario', 'flsh-sale'],
        "--scenario: unknown value 'flsh-sale'; did you mean 'flash-sale'?",
      ],
      [['--driver', 'jmeter'], '--driver: unknown value'],
      [['--target', 'compos'], "--target: unknown value 'compos'; did you mean 'compose'?"],
      [['--stock', 'scarse'], "--stock: unknown value 'scarse'; did you mean 'scarce'?"],
      [['--arms', 'before'], '--arms: '],
      [['--blocks', '0'], '--blocks: '],
      [['--duration', '12'], '--duration: '],
      [['--duration', '1s'], '--duration: '],
      [['--rate', '5001'], '--rate: '],
      [['--seed', '-1'], '--seed needs a value'],
      [['--seed=-1'], '--seed: '],
      [['--fault', 'bank'], '--fault: '],
      [['smoke'], "did not expect 'smoke'"],
    ],
  ],
  [
    capacity,
    [
      [['--arms', 'before,'], '--arms: '],
      [['--arms', 'before,before'], '--arms: '],
      [['--arms', 'befor'], '--arms: '],
      [['--arms', 'after+stock=none'], '--arms: '],
      [['--scenario', 'smok'], "--scenario: unknown value 'smok'; did you mean 'smoke'?"],
      [['--p99', '500'], '--p99: '],
      [['--p99', '0ms'], '--p99: '],
      [['--goodput', '0'], '--goodput: '],
      [['--goodput', '99.5'], '--goodput: '],
      [['--duration', '1s'], '--duration: '],
      [['--from', '0'], '--from: '],
      [['--from', '50', '--max', '49'], '--from: '],
      [['--max', '5001'], '--max: '],
      [['--blocks', '1'], '--blocks: '],
      [['--seed=-1'], '--seed: '],
      [['--driver', 'jmeter'], '--driver: '],
      [['--jsn=x'], "did you mean '--json'?"],
      [['smoke'], "did not expect 'smoke'"],
    ],
  ],
  [
    ladder,
    [
      [['--scenario', 'flsh-sale'], "did you mean 'flash-sale'?"],
      [['--stock', 'scarse'], "--stock: unknown value 'scarse'; did you mean 'scarce'?"],
      [['--blocks', '1'], '--blocks: '],
      [['--duration', '12'], '--duration: '],
      [['--rate', '0'], '--rate: '],
      [['--leave-ot'], "did you mean '--leave-out'?"],
      [['ids'], "did not expect 'ids'"],
    ],
  ],
  [
    compare,
    [
      [[], 'say what to compare: axis=option,option'],
      [['idz=sequence-table'], "unknown axis 'idz'; did you mean 'ids'?"],
      [
        ['ids=sequence-table,ticket-servr'],
        "unknown option of ids 'ticket-servr'; did you mean 'ticket-server'?",
      ],
      [['ids=ticket-server'], 'a comparison needs two options of ids; it has: '],
      [['ids=ticket-server,ticket-server'], 'ids=ticket-server is named twice'],
      [['ids='], "unknown option of ids ''"],
      [['ids', 'stock'], "did not expect 'stock'"],
      [['ids', '--base', 'befor'], '--base: '],
      [['ids', '--stock', 'none'], '--stock: '],
    ],
  ],
  [
    spike,
    [
      [['--arm', 'sideways'], 'sideways'],
      [['--arm', 'after', '--side-by-side'], '--side-by-side takes both arms'],
      [['--rate', '0'], '--rate'],
      [['--scenario', 'flashsale'], "did you mean 'flash-sale'"],
      [['now'], "did not expect 'now'"],
    ],
  ],
  [up, [[['--arms', 'before,after+ids=none'], '--arms']]],
  [
    replay,
    [
      [['--event', "x' or 1=1"], '--event'],
      [['--event', ''], '--event'],
      [['--handler', 'nothing'], '--handler'],
      [['--arm', 'none'], '--arm'],
      [['--evnt', 'order-paid-7'], '--event'],
      [['order-paid-7'], 'order-paid-7'],
    ],
  ],
  [
    dashboards,
    [
      [[], 'build, check, verify'],
      [['verfy'], "did you mean 'verify'"],
      [['build', '--json', 'x'], '--json goes with verify only'],
      [['verify', '--jsn', 'x'], "did you mean '--json'"],
      [['verify', '--json'], 'needs a value'],
      [['verify', 'more'], "did not expect 'more'"],
    ],
  ],
  [prove, [[['ids=sequence-tabel'], "did you mean 'ids=sequence-table'?"]]],
  [reproduce, [[['S9'], "unknown source 'S9'"]]],
  [bench, [[['--jsn=x'], "did you mean '--json'?"]]],
]

describe.each(refusals.map(([command, lines]) => [command.name, command, lines] as const))(
  '%s refuses',
  (_name, command, lines) => {
    test.each(lines)('%j', (raw, message) => {
      expect(() => command.read(raw)).toThrow(UserError)
      expect(() => command.read(raw)).toThrow(message)
    })
  },
)
