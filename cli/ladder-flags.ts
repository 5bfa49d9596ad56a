import { type LadderOptions, stockWords } from '../experiments/ladder/options.ts'
import {
  blocksFlag,
  crowdFlags,
  databaseFlag,
  durationFlag,
  flashSale,
  installFlag,
  isOn,
  jsonFile,
  oneOf,
  outFolder,
  prometheusFlag,
} from './flags.ts'

const stocks = oneOf(stockWords).transform((word): LadderOptions['stocks'] =>
  word === 'both' ? ['plenty', 'scarce'] : [word],
)

/** Flags of every command that sends one crowd at many designs. */
export const ladderFlags = {
  ...crowdFlags,
  stocks: {
    flag: 'stock',
    hint: 'plenty|scarce|both',
    help: 'default plenty; scarce: most of the crowd finds it sold out; both takes twice the time',
    value: stocks.default(['plenty']),
  },
  ...blocksFlag('blocks per design', 2, 20, '6, with --quick 2'),
  ...durationFlag(
    `of the scenario (flash-sale ${flashSale.usual.durationSeconds}s), with --quick 5s`,
  ),
  quick: { help: 'two short blocks per design, and only tools already installed', value: isOn },
  ...outFolder(),
  ...jsonFile('also write the report to this file as JSON'),
  ...prometheusFlag,
  ...databaseFlag,
  ...installFlag,
}
