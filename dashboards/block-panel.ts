import { colors, type PanelEntry, stateTimeline } from './entries.ts'
import { query } from './queries.ts'

/** Which arm had a block when; a board adds what it means there. */
export const blockPanel = (good: string, otherwise: string, width = 24): PanelEntry =>
  stateTimeline(
    'Blocks',
    'none',
    good,
    otherwise,
    {
      width,
      readings: {
        '1': { text: 'runs', color: 'blue' },
        '0': { text: 'waits', color: colors.idle },
      },
      noValue: 'no block in this range',
    },
    query('max by (arm) (stampede_block_active{run="$run", arm=~"$arm"})', '{{arm}}'),
  )
